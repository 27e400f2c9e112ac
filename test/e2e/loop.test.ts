/** The whole loop with real processes, over HTTP, on data small enough for every run of the tests. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../src/cli/demo/until.ts';
import { watchContract } from '../forge/openapi/watch-contract.ts';
import { type Files, pick, readFixture } from './harness/fixture.ts';
import { infer, type Visit } from './harness/inference.ts';
import { type CheckRun, completed, createPeople, type People } from './harness/people.ts';
import { processesOf, withoutSpare } from './harness/processes.ts';
import { type ServerInside, startServerInside } from './harness/server-inside.ts';
import { FULL, NAME, REPO, startWorld, type TestWorld } from './harness/start-world.ts';

const ofModels = (file: string): boolean => /^(models\/bought|deployments|monitors)\//.test(file);
const ofBase = (file: string): boolean => !/^(models|deployments|monitors)\//.test(file);
const likely: Visit = { age: 75, minutes: 30, channel: 'shop' };
const unlikely: Visit = { age: 19, minutes: 1, channel: 'web' };

describe.sequential('the loop', { timeout: 60_000 }, () => {
  const watch = watchContract();
  let world: TestWorld;
  let server: ServerInside;
  let people: People;
  let tiny: Files;
  let pull = { number: 0, head: '' };
  const heads: string[] = [];
  let artifact = '';

  beforeAll(async () => {
    tiny = await readFixture('tiny');
    world = await startWorld(pick(tiny, ofBase));
    world.forge.onResponse(watch.onExchange);
    world.forge.onDelivery(watch.onDelivery);
    server = await startServerInside(world);
    people = createPeople(world);
    world.forge.installApp('shop', [NAME]);
  });
  afterAll(async () => {
    await server?.stop();
    await world?.close();
  });

  async function open(branch: string, files: Files): Promise<void> {
    pull = await people.openPull(branch, files);
    heads.push(pull.head);
  }

  const change = async (name: string): Promise<Files> => readFixture(`tiny-changes/${name}`);

  it('trains and evaluates what a pull request proposes, and waits for an owner', async () => {
    await open('first-models', pick(tiny, ofModels));
    expect((await people.check(pull.head, 'sluice/plan')).conclusion).toBe('success');
    const trained = await people.check(pull.head, 'sluice/train: bought');
    expect(trained.conclusion).toBe('success');
    artifact = digestIn(trained);
    const evaluated = await people.check(pull.head, 'sluice/evaluate: bought');
    expect(evaluated.conclusion, evaluated.output.summary ?? '').toBe('success');
    const gate = await people.gate(pull.head, 'action_required');
    expect(gate.output.summary).toContain('/approve');
  });

  it('takes no approval from its author or a stranger, and one from an owner', async () => {
    for (const [person, why] of [
      ['author', /author/],
      ['stranger', /write access|owner/],
    ] as const) {
      const asked = await people.say(person, pull.number, '/approve');
      expect(await people.reply(pull.number, asked)).toMatch(why);
      const reactions = (await world.people.owner.rest.reactions.listForIssueComment({ ...REPO, comment_id: asked }))
        .data;
      expect(reactions.map(({ content }) => content).sort()).toEqual(['-1', 'eyes']);
    }
    expect((await people.gate(pull.head, 'action_required')).conclusion).toBe('action_required');
    await people.say('owner', pull.number, '/approve');
    await people.gate(pull.head, 'success');
  });

  it('releases on merge what was evaluated: tag, card, registry', async () => {
    const merged = await people.merge(pull.number);
    const tag = 'bought@v1.0.0';
    const release = await until('the release', 30, async () =>
      (await people.releases()).find((one) => one.tag_name === tag),
    );
    expect((await people.tags())[tag]).toBe(merged);
    expect(release.body).toContain(artifact);
    const layer = await weightLayer(world.folder, 'bought', '1.0.0');
    expect(release.body).toContain(layer.digest);
  });

  it('serves it where the deployment says', async () => {
    const url = await people.liveUrl('1.0.0');
    const { version, probabilities } = await infer(url, 'bought', [likely, unlikely]);
    expect(version).toBe('1.0.0');
    expect(probabilities[0]).toBeGreaterThan(0.75);
    expect(probabilities[1]).toBeLessThan(0.25);
    const tags = await until('the stage tag', 20, async () => {
      const all = await people.tags();
      return all['bought#production#1'] ? all : undefined;
    });
    expect(tags['bought#production#1']).toBe(tags['bought@v1.0.0']);
  });

  it('lets a better model through against the champion, and hands production over by a canary', async () => {
    await open('better', await change('better-bought'));
    await people.gate(pull.head, 'action_required');
    const names = (await people.checks(pull.head)).map((run) => run.name).sort();
    expect(names).toEqual(['sluice/evaluate: bought', 'sluice/gate', 'sluice/plan', 'sluice/train: bought']);
    const evaluated = await people.check(pull.head, 'sluice/evaluate: bought');
    expect(evaluated.output.summary).toContain('1.0.0');
    const gate = await people.check(pull.head, 'sluice/gate', completed);
    world.forge.requestAction(gate.id, 'approve', 'owner');
    await people.gate(pull.head, 'success');
    const merged = await people.merge(pull.number);
    const url = await people.liveUrl('2.0.0');
    expect((await people.tags())['bought@v2.0.0']).toBe(merged);
    const { version, probabilities } = await infer(url, 'bought', [likely, { ...likely, channel: 'web' }]);
    expect(version).toBe('2.0.0');
    // Only the new version knows the channel, and the shop sells better than the web.
    expect(probabilities[0]).toBeGreaterThan(probabilities[1]! + 0.01);
    const told = (await people.deployments()).at(-1)!.statuses.map((status) => status.description);
    expect(
      told.some((text) => text.includes('50 %')),
      told.join('; '),
    ).toBe(true);
  });

  it('stops a worse one and says which gate', async () => {
    await open('worse', await change('worse-bought'));
    const gate = await people.gate(pull.head, 'failure');
    expect(gate.output.summary).toMatch(/roc.*auc against champion/);
    const [comment] = await ours(pull.number);
    expect(comment?.body).toMatch(/not to be merged[\s\S]*roc.*auc against champion/);
  });

  it('trains a rebased change no second time', async () => {
    const before = digestIn(await people.check(pull.head, 'sluice/train: bought'));
    await people.push('main', { 'NOTES.md': 'Made-up visits.\n' }, 'Note what the data are', 'owner');
    const head = await people.rebase('worse');
    heads.push(head);
    const trained = await people.check(head, 'sluice/train: bought');
    expect(trained.output.title).toMatch(/reused/i);
    expect(digestIn(trained)).toBe(before);
    await people.gate(head, 'failure');
  });

  it('cancels a training, with all its processes', async () => {
    const slow = (await change('better-bought'))['models/bought/model.yaml']!.replace('pauseMs: 0', 'pauseMs: 1000');
    await open('slow', { 'models/bought/model.yaml': slow });
    const running = await people.check(pull.head, 'sluice/train: bought', isRunning);
    expect(running.output.title).toMatch(/\d/);
    const agents = async () => withoutSpare(await processesOf(path.join(world.folder, 'server', 'jobs')));
    expect((await agents()).length).toBeGreaterThan(0);
    await people.say('author', pull.number, '/cancel');
    const cancelled = await people.check(pull.head, 'sluice/train: bought');
    expect(cancelled.conclusion).toBe('cancelled');
    await people.gate(pull.head, 'action_required');
    await until('the agent to end', 15, async () => (await agents()).length === 0 || undefined);
  });

  it('says everything once', async () => {
    for (const number of [1, 2, 3, 4]) expect(await ours(number), `#${number}`).toHaveLength(1);
    for (const head of heads) {
      const names = (await people.checks(head)).map((run) => run.name);
      expect(new Set(names).size, `${head}: ${names.join(', ')}`).toBe(names.length);
    }
    const tags = Object.keys(await people.tags()).sort();
    const versions = ['bought@v1.0.0', 'bought@v2.0.0'];
    expect(tags).toEqual(['bought#production#1', 'bought#production#2', ...versions].sort());
    expect((await people.releases()).map((release) => release.tag_name).sort()).toEqual(versions);
    expect(await people.deployments()).toHaveLength(2);
  });

  it('speaks GitHub’s API in every request, answer and webhook', async () => {
    await world.forge.idle();
    expect(watch.findings()).toEqual([]);
    expect(watch.seen.exchanges).toBeGreaterThan(50);
    for (const event of ['pull_request.opened', 'issue_comment.created', 'check_run.requested_action', 'push'])
      expect(watch.seen.webhooks).toContain(event);
  });

  const ours = async (number: number) =>
    (await people.comments(number)).filter((one) => one.body?.includes('<!-- sluice:pull -->'));
});

const isRunning = (run: CheckRun): boolean => run.status === 'in_progress' && /step \d+/.test(run.output.title ?? '');

function digestIn(run: CheckRun): string {
  const digest = /Artifact `(sha256:[0-9a-f]{64})`/.exec(run.output.summary ?? '')?.[1];
  if (!digest) throw new Error(`${run.name} names no artifact:\n${run.output.summary}`);
  return digest;
}

type Descriptor = { digest: string; mediaType: string; annotations?: Record<string, string> };

/** The model file of a version, looked up in the OCI image layout as any other tool would. */
async function weightLayer(folder: string, model: string, version: string): Promise<Descriptor> {
  const layout = path.join(folder, 'server', 'registry', ...FULL.split('/'), model);
  const json = async (file: string) => JSON.parse(await readFile(path.join(layout, file), 'utf8'));
  const { manifests } = (await json('index.json')) as { manifests: Descriptor[] };
  const found = manifests.find((one) => one.annotations?.['org.opencontainers.image.ref.name'] === `v${version}`);
  const { layers } = (await json(`blobs/sha256/${found?.digest.slice(7)}`)) as { layers: Descriptor[] };
  return layers.find((layer) => layer.mediaType.includes('.weight.'))!;
}
