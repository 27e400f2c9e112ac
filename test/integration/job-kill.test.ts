/**
 * Jobs of real pull requests while the server, the network, agents and whole machines are killed at random moments. In
 * the end every job is in the one right state, nothing of it is left, and no line of its log and no metric is lost or
 * doubled. `SLUICE_KILL_SEED` plays the same moments again.
 */
import { randomInt } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createPgliteStore } from '../../src/adapters/store/pglite.ts';
import { until } from '../../src/cli/demo/until.ts';
import type { Job, JobEvent } from '../../src/domain/jobs/job.ts';
import { seededRandom } from '../../src/domain/statistics/seeded-random.ts';
import type { Store } from '../../src/ports/store.ts';
import { type Files, pick, readFixture } from '../e2e/harness/fixture.ts';
import { createPeople } from '../e2e/harness/people.ts';
import { processesOf, withoutSpare } from '../e2e/harness/processes.ts';
import { createServerProcess } from '../e2e/harness/server-process.ts';
import { startWorld } from '../e2e/harness/start-world.ts';
import { createAttacker } from './job-kill/attacker.ts';
import { startNetwork } from './job-kill/network.ts';

const STRIKES = 30;
const MODELS = 4;
const LINES = 400;
const METRICS = 80;
const LONGEST_PAUSE_MS = 3_000;
/** A lost agent is noticed half a minute after it was heard last. */
const PATIENCE_S = 300;
const seed = Number(process.env.SLUICE_KILL_SEED ?? randomInt(1, 2 ** 31));

/** Prints and measures in a way that shows what is missing, then trains. */
const TALKATIVE = `
import { appendFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
for (let line = 1; line <= ${LINES}; line += 1) {
  console.log('line ' + line + ' of ${LINES}');
  if (line % ${LINES / METRICS} === 0) {
    const metric = { step: line / ${LINES / METRICS}, metric: 'count', value: line };
    appendFileSync(process.env.SLUICE_OUTPUT + '/metrics.jsonl', JSON.stringify(metric) + '\\n');
  }
  if (line % 8 === 0) await setTimeout(60);
}
await import('./train.mjs');
`;

it(`${STRIKES} kills leave every job in its one right state`, { timeout: 1_500_000 }, async () => {
  console.log(`SLUICE_KILL_SEED=${seed}`);
  const random = seededRandom(seed);
  const tiny = await readFixture('tiny');
  const isBase = (file: string) => !/^(models|deployments|monitors)\//.test(file);
  const world = await startWorld({ ...pick(tiny, isBase), 'lib/talkative.mjs': TALKATIVE });
  const network = await startNetwork(world.config.port);
  Object.assign(world.env, { SLUICE_URL: network.url, SLUICE_LOCAL_JOBS: '3' });
  const server = createServerProcess(world);
  const people = createPeople(world);
  const jobsFolder = path.join(world.config.stateFolder, 'jobs');
  const attacker = createAttacker({ jobsFolder, server, network }, random, (line) => console.log(line));
  const struck = () => Object.values(attacker.counts).reduce((sum, count) => sum + count);
  try {
    await server.launch();
    await server.ready();
    world.forge.installApp('shop', ['tiny']);
    const ended: Promise<unknown>[] = [];
    const closed: number[] = [];
    for (let round = 1; struck() < STRIKES; round += 1) {
      const pull = await people.openPull(`round-${round}`, modelsOf(tiny, round));
      let judged = false;
      const gate = people.gate(pull.head, 'action_required', PATIENCE_S).then(() => {
        judged = true;
      });
      const doomed = await people.openPull(`doomed-${round}`, modelsOf(tiny, round + 1_000));
      while (!judged && struck() < STRIKES) {
        await Promise.race([sleep(random() * LONGEST_PAUSE_MS), gate]);
        await attacker.strike();
        if (!closed.includes(doomed.number) && random() < 0.3) {
          await world.people.author.rest.pulls.update({
            owner: 'shop',
            repo: 'tiny',
            pull_number: doomed.number,
            state: 'closed',
          });
          closed.push(doomed.number);
        }
      }
      await gate;
      if (!closed.includes(doomed.number)) ended.push(people.gate(doomed.head, 'action_required', PATIENCE_S));
    }
    await Promise.all(ended);
    // a start looks through the runner at once
    await server.kill();
    await server.launch();
    await server.ready();
    await until('every agent and command to end', 60, async () => {
      return withoutSpare(await processesOf(jobsFolder)).length === 0 || undefined;
    });
    expect(await server.stop()).toBe(0);
    const store = await createPgliteStore({ folder: path.join(world.config.stateFolder, 'store') });
    try {
      await checkJobs(store, closed);
    } finally {
      await store.close();
    }
    console.log(JSON.stringify(attacker.counts));
  } catch (error) {
    console.log(error, await server.log(60));
    await server.kill();
    console.log(await ownNotes(path.join(world.config.stateFolder, 'store')));
    throw error;
  } finally {
    await server.kill();
    await network.close();
    for (const { pid } of await processesOf(jobsFolder)) end(pid);
    await world.close();
  }
});

/** Why attempts were lost, as the server wrote it down. */
async function ownNotes(folder: string): Promise<string> {
  const store = await createPgliteStore({ folder });
  try {
    const notes = (await store.jobs.list({})).map(async ({ id, task, pull, status, attempt }) => {
      const lines = (await store.jobs.events(id, {})).filter((event) => event.attempt === 0 && event.kind === 'log');
      return [
        `${task.kind} ${id} of #${pull}: ${status}, attempt ${attempt}`,
        ...lines.map((event) => `  ${JSON.stringify(event)}`),
      ].join('\n');
    });
    return (await Promise.all(notes)).join('\n');
  } finally {
    await store.close();
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it ended by itself
  }
}

/** Models that differ from those of every other round, so that nothing is reused. */
function modelsOf(tiny: Files, round: number): Files {
  const text = tiny['models/bought/model.yaml']!.replace('lib/train.mjs', 'lib/talkative.mjs').replace(
    'epochs: 60',
    'epochs: 20',
  );
  return Object.fromEntries(
    Array.from({ length: MODELS }, (_, index) => [
      `models/m${index}/model.yaml`,
      text.replace('name: bought', `name: m${index}`).replace(/\n {2}seed: \d+/, `\n  seed: ${round * MODELS + index}`),
    ]),
  );
}

async function checkJobs(store: Store, closed: number[]): Promise<void> {
  const jobs = await store.jobs.list({});
  // trained and evaluated in the round that was judged; one that was closed at once may have begun nothing
  expect(jobs.length).toBeGreaterThanOrEqual(MODELS * 2);
  for (const job of jobs) {
    const given = `${job.task.kind} ${job.id} of #${job.pull}`;
    const mayBeCancelled = job.pull !== undefined && closed.includes(job.pull);
    expect([job.status, ...(mayBeCancelled ? ['cancelled'] : [])], given).toContain(
      mayBeCancelled && job.status === 'cancelled' ? 'cancelled' : 'succeeded',
    );
    const events = await store.jobs.events(job.id, {});
    for (const attempt of new Set(events.map((event) => event.attempt))) {
      const numbers = events.filter((event) => event.attempt === attempt).map(({ seq }) => seq);
      // attempt 0 holds our own notes, numbered by the attempt that was lost
      if (attempt > 0) expect(numbers, given).toEqual(numbers.map((_, index) => index + 1));
      if (job.task.kind === 'train') checkOutput(job, attempt, events, given);
    }
  }
}

/** Of the attempt that succeeded everything arrived; of one that was lost everything up to some point. */
function checkOutput(job: Job, attempt: number, events: JobEvent[], given: string): void {
  const own = events.filter((event) => event.attempt === attempt);
  const lines = own.flatMap((event) => (event.kind === 'log' && /^line \d/.test(event.line) ? [event.line] : []));
  const values = own.flatMap((event) => (event.kind === 'metric' && event.metric === 'count' ? [event.step] : []));
  const whole = job.status === 'succeeded' && attempt === job.attempt;
  expect(lines, given).toEqual(
    Array.from({ length: whole ? LINES : lines.length }, (_, index) => `line ${index + 1} of ${LINES}`),
  );
  expect(values, given).toEqual(Array.from({ length: whole ? METRICS : values.length }, (_, index) => index + 1));
}
