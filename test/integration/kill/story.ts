/** The story of the demo, shortened: what people do, step by step, and what each step waits for on the forge. */

import { until } from '../../../src/cli/demo/until.ts';
import { type Files, pick, readFixture } from '../../e2e/harness/fixture.ts';
import { infer, type Visit } from '../../e2e/harness/inference.ts';
import type { People } from '../../e2e/harness/people.ts';
import { REPO, type TestWorld } from '../../e2e/harness/start-world.ts';

export type Step = { name: string; play(): Promise<void> };

const DAY_MS = 86_400_000;
/** The server is away now and then, and what it missed is asked for again after a while. */
const PATIENCE_S = 120;

export const isBase = (file: string): boolean => !/^(models|deployments|monitors)\//.test(file);
const isFirst = (file: string): boolean => /^(models\/bought|deployments|monitors)\//.test(file);

export async function tellStory(world: TestWorld, people: People): Promise<Step[]> {
  const tiny = await readFixture('tiny');
  const better = await readFixture('tiny-changes/better-bought');
  const { rest } = world.people.owner;
  const pulls: Record<string, { number: number; head: string }> = {};
  let url = '';
  let issue = 0;

  const pull = (name: string) => pulls[name]!;

  async function open(name: string, files: Files): Promise<void> {
    pulls[name] = await people.openPull(name, files);
    await people.gate(pull(name).head, 'action_required', PATIENCE_S);
  }

  async function refuse(person: 'author' | 'stranger', number: number): Promise<void> {
    const asked = await people.say(person, number, '/approve');
    await people.reply(number, asked, PATIENCE_S);
  }

  async function merge(name: string, version: string): Promise<void> {
    await people.merge(pull(name).number);
    url = await people.liveUrl(version, PATIENCE_S);
    await until('the release', PATIENCE_S, async () =>
      (await people.releases()).find((one) => one.tag_name === `bought@v${version}`),
    );
  }

  return [
    { name: 'first pull request', play: () => open('first', pick(tiny, isFirst)) },
    {
      name: 'refusals and approval',
      play: async () => {
        await refuse('author', pull('first').number);
        await refuse('stranger', pull('first').number);
        await people.say('owner', pull('first').number, '/approve');
        await people.gate(pull('first').head, 'success', PATIENCE_S);
      },
    },
    { name: 'first version', play: () => merge('first', '1.0.0') },
    { name: 'better pull request', play: () => open('better', better) },
    {
      name: 'approval by button',
      play: async () => {
        const gate = await people.gate(pull('better').head, 'action_required', PATIENCE_S);
        world.forge.requestAction(gate.id, 'approve', 'owner');
        await people.gate(pull('better').head, 'success', PATIENCE_S);
      },
    },
    { name: 'second version by canary', play: () => merge('better', '2.0.0') },
    {
      name: 'parameters by command',
      play: async () => {
        const text = better['models/bought/model.yaml']!.replace('learningRate: 0.5', 'learningRate: 0.4');
        await open('parameters', { 'models/bought/model.yaml': text });
        await people.say('author', pull('parameters').number, '/retrain bought epochs=50');
        const head = await until('the commit', PATIENCE_S, async () => {
          const now = await people.headOf('parameters');
          return now === pull('parameters').head ? undefined : now;
        });
        await people.gate(head, 'action_required', PATIENCE_S);
      },
    },
    {
      name: 'drift',
      play: async () => {
        const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
        // Yesterday's are no older than two windows, from which on the monitor would miss newer ones.
        for (const ago of [2, 1]) await sendStrange(url, today - ago * DAY_MS);
        // The monitor looks once a minute, and when what it hangs on was pushed to.
        await people.push('main', { 'NOTES.md': 'Strange days.\n' }, 'Note strange days', 'owner');
        issue = await until('the drift issue', PATIENCE_S, async () => (await people.issues())[0]?.number);
      },
    },
    {
      name: 'retraining from the issue',
      play: async () => {
        await people.say('owner', issue, '/retrain');
        const opened = await until('the pull request', PATIENCE_S, async () => {
          const all = (await rest.pulls.list({ ...REPO, state: 'open' })).data;
          return all.find((one) => one.head.ref.startsWith('sluice/'));
        });
        // There are no training data of those days: the data check says so.
        await people.gate(opened.head.sha, 'failure', PATIENCE_S);
      },
    },
    {
      name: 'rollback',
      play: async () => {
        await people.say('owner', pull('better').number, '/rollback bought-production');
        await until('the rollback', PATIENCE_S, async () =>
          (await people.deployments()).find(
            (one) => one.description?.includes('rollback') && one.statuses[0]?.state === 'success',
          ),
        );
      },
    },
  ];
}

/** A day of visits far longer than any before. */
async function sendStrange(url: string, day: number): Promise<void> {
  const visits: Visit[] = Array.from({ length: 400 }, (_, row) => ({
    age: 18 + (row % 60),
    minutes: 300 + row,
    channel: ['shop', 'web', 'app'][row % 3]!,
  }));
  const timestamps = visits.map((_, row) => new Date(day + row * 1000).toISOString());
  const ids = timestamps.map((at, row) => `${at}-${row}`);
  await infer(url, 'bought', visits, { ids, timestamps });
}
