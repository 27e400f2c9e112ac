/** What a pull request costs of GitHub's rate limit, counted where it is paid: on the forge. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../src/cli/demo/until.ts';
import type { LoggedRequest } from '../../src/forge/world.ts';
import { type Files, pick, readFixture } from '../e2e/harness/fixture.ts';
import { createPeople, type People } from '../e2e/harness/people.ts';
import { type ServerInside, startServerInside } from '../e2e/harness/server-inside.ts';
import { FULL, NAME, REPO, startWorld, type TestWorld } from '../e2e/harness/start-world.ts';

const QUIET_MS = 700;

describe('API calls of a pull request', () => {
  let world: TestWorld;
  let server: ServerInside;
  let people: People;
  let tiny: Files;

  beforeAll(async () => {
    tiny = await readFixture('tiny');
    world = await startWorld(tiny);
    server = await startServerInside(world);
    people = createPeople(world);
    world.forge.installApp('shop', [NAME]);
    await settled();
  });
  afterAll(async () => {
    await server?.stop();
    await world?.close();
  });

  const calls = (): LoggedRequest[] => world.apiCalls().filter(isOfRepository);

  /** Nothing is on its way to the server, and it has asked nothing for a while. */
  async function settled(): Promise<void> {
    for (let before = -1; before !== world.apiCalls().length; ) {
      before = world.apiCalls().length;
      await world.forge.idle();
      await sleep(QUIET_MS);
    }
  }

  /** The calls caused by `action`. A resync that falls into it, which is not its doing, has it done again. */
  async function callsOf(action: (attempt: number) => Promise<void>): Promise<LoggedRequest[]> {
    for (let attempt = 1; ; attempt += 1) {
      await settled();
      world.forge.clearRequestLog();
      await action(attempt);
      await settled();
      const resynced = calls().some(
        ({ method, path, query }) => method === 'GET' && /\/pulls$/.test(path) && /state=open/.test(query),
      );
      if (!resynced || attempt === 3) return calls();
    }
  }

  it('is at most four where no spec is touched, and the gate says so', async () => {
    const made = await callsOf(async (attempt) => {
      const { head } = await people.openPull(`docs-${attempt}`, { 'NOTES.md': `Only words, ${attempt}.\n` });
      expect((await people.gate(head, 'success')).output.title).toBe('No model is affected');
    });
    expect(made.length, list(made)).toBeGreaterThan(0);
    expect(made.length, list(made)).toBeLessThanOrEqual(4);
  });

  it('is at most four for another push to it', async () => {
    await people.openPull('more-docs', { 'MORE.md': 'Only words.\n' });
    const made = await callsOf(async (attempt) => {
      const head = await people.push('more-docs', { 'MORE.md': `Only words, ${attempt}.\n` });
      await people.gate(head, 'success');
    });
    expect(made.length, list(made)).toBeLessThanOrEqual(4);
  });

  it('does not grow with the number of specs that are read', async () => {
    await world.forge.forkRepository(FULL, 'author');
    const reads: Record<number, LoggedRequest[]> = {};
    for (const count of [3, 40]) {
      // From a fork: planned, not run, so that nothing but the plan is counted.
      reads[count] = await callsOf(async (attempt) => {
        const branch = `models-${count}-${attempt}`;
        const head = await world.forge.importFiles('author/tiny', branch, models(tiny, count), 'Add models', 'author');
        const { rest } = world.people.author;
        await rest.pulls.create({ ...REPO, head: `author:${branch}`, base: 'main', title: branch, body: '' });
        const plan = await people.check(head, 'sluice/plan');
        expect(plan.output.summary).toContain(`copy-${count}`);
        await people.gate(head, 'action_required');
      });
      reads[count] = reads[count].filter(({ method, path }) => method === 'GET' || path === '/graphql');
    }
    expect(reads[3]!.length).toBeGreaterThan(0);
    expect(reads[40]!.length, `${list(reads[3]!)}\nwith 40:\n${list(reads[40]!)}`).toBeLessThanOrEqual(
      reads[3]!.length,
    );
  });

  it('leaves nothing asked of the forge that it refuses', async () => {
    const refused = await until('all answers', 5, () => world.apiCalls());
    expect(refused.filter(({ status }) => status === 403 || status === 422)).toEqual([]);
  });
});

/** Looks for installations and lost deliveries are paid once an installation, not by a pull request. */
const isOfRepository = ({ path }: LoggedRequest): boolean => path.startsWith(`/repos/${FULL}`) || path === '/graphql';

const list = (requests: LoggedRequest[]): string =>
  requests.map(({ method, path, query, status }) => `${method} ${path}${query} ${status}`).join('\n');

/** So many more models on the same data. */
function models(tiny: Files, count: number): Files {
  const one = pick(tiny, (path) => path === 'models/bought/model.yaml')['models/bought/model.yaml']!;
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `models/copy-${index + 1}/model.yaml`,
      one.replace('name: bought', `name: copy-${index + 1}`),
    ]),
  );
}
