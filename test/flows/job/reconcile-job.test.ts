import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import type { Job } from '../../../src/domain/jobs/job.ts';
import { SILENCE_MS, START_MS } from '../../../src/flows/job/decide-job.ts';
import { type JobDeps, reconcileJob } from '../../../src/flows/job/reconcile-job.ts';
import { requestCancel, submitJob } from '../../../src/flows/job/submit-job.ts';
import { THIS_MACHINE } from '../../../src/flows/job/this-machine.ts';
import type { Store } from '../../../src/ports/store.ts';
import { createFakeRunner, type FakeRunner } from '../../fakes/fake-runner.ts';
import { openTestStore } from '../../harness/database.ts';

let time = 1_700_000_000_000;
const clock = { now: () => time };
let store: Store;
let runner: FakeRunner;
let deps: JobDeps;
let count = 0;
beforeAll(async () => {
  store = await openTestStore({ now: clock.now });
});
afterAll(() => store.close());
beforeEach(async () => {
  for (const job of await store.jobs.list({ unfinished: true })) {
    await store.jobs.update(job.id, (now) => ({ ...now, status: 'cancelled' }));
  }
  await requested();
  runner = createFakeRunner();
  deps = {
    store,
    clock,
    runners: { local: runner },
    place: async (job) => (job.runner === 'local' ? THIS_MACHINE : { missing: `no runner ${job.runner}` }),
    limits: { local: 1, perRepository: 10 },
    issueToken: ({ jobId, attempt }) => `token of ${jobId}.${attempt}`,
    agentUrl: 'http://sluice.invalid',
    log: { info: () => undefined, warn: () => undefined },
  };
});

async function submit(over: Partial<Parameters<typeof submitJob>[1]> = {}): Promise<Job> {
  count += 1;
  time += 1;
  return submitJob(deps, {
    key: `train:${count}`,
    task: { kind: 'data', dataset: {} as never, allow: [] },
    repository: 'acme/flights',
    sha: 'a'.repeat(40),
    pull: 5,
    runner: 'local',
    ...over,
  });
}

/** Keys that somebody asked to look at, now taken off the queue. */
async function requested(): Promise<string[]> {
  const keys: string[] = [];
  for (;;) {
    const lease = await store.queue.take(1_000);
    if (!lease) return keys.sort();
    keys.push(lease.key);
    await store.queue.finish(lease);
  }
}
const look = (job: Job) => reconcileJob(deps, job.id);
const now = async (job: Job) => (await store.jobs.get(job.id))!;
const claim = (job: Job) =>
  store.jobs.update(job.id, (current) => ({ ...current, status: 'running', agent: 'a', leaseUntil: time + 30_000 }));
const finish = (job: Job) => store.jobs.update(job.id, (current) => ({ ...current, status: 'succeeded' }));

describe('a job', () => {
  test('is handed to its runner once, with a token for that attempt', async () => {
    const job = await submit();
    expect(await requested()).toEqual([`job:${job.id}`]);
    const again = await look(job);
    expect(again!.at).toBeGreaterThan(time);
    expect(runner.started).toMatchObject([
      { token: `token of ${job.id}.1`, serverUrl: 'http://sluice.invalid', job: { attempt: 1 } },
    ]);
    expect(await now(job)).toMatchObject({ status: 'queued', attempt: 1, handle: { name: `${job.id}.1` } });
    await look(job);
    expect(runner.started).toHaveLength(1);
    expect((await submit({ key: job.key })).id).toBe(job.id);
  });

  test('of a monitor has it looked at when it has ended, and no pull request', async () => {
    const task = { kind: 'profile', monitor: { name: 'live' } } as never;
    const job = await submit({ task, pull: undefined });
    await look(job);
    await claim(job);
    await finish(job);
    await requested();
    await look(job);
    expect(await requested()).toEqual(['monitor:acme/flights/live']);
  });

  test('that we forgot to write the handle of is not started twice', async () => {
    const job = await submit();
    await look(job);
    await store.jobs.update(job.id, ({ handle: _, ...rest }) => rest);
    await look(job);
    expect(await now(job)).toMatchObject({ attempt: 1, handle: { name: `${job.id}.1` } });
    expect(runner.started).toHaveLength(1);
  });

  test('waits for its turn, and is woken by the end of the one before', async () => {
    const [first, second, third] = [await submit(), await submit(), await submit()];
    await requested();
    expect(await look(third)).toBeUndefined();
    expect(await look(second)).toBeUndefined();
    await look(first);
    expect(runner.started.map(({ job }) => job.id)).toEqual([first.id]);
    await finish(first);
    await look(first);
    expect(await requested()).toEqual([`job:${second.id}`, 'pull:acme/flights#5'].sort());
    await look(third);
    await look(second);
    expect(runner.started.map(({ job }) => job.id)).toEqual([first.id, second.id]);
  });

  test('whose agent was lost gets another attempt, and the log says why', async () => {
    const job = await submit();
    await look(job);
    runner.crash(await claim(job));
    expect(await look(job)).toEqual({ at: time + 30_000 });
    time += 30_000;
    await look(job);
    expect(await now(job)).toMatchObject({ status: 'queued', attempt: 2, handle: { name: `${job.id}.2` } });
    expect((await now(job)).agent).toBeUndefined();
    expect(await store.jobs.events(job.id, {})).toMatchObject([
      { attempt: 0, line: 'attempt 1 was lost: it vanished\nagent: started' },
    ]);
    for (const attempt of [2, 3]) {
      runner.crash(await claim({ ...job, attempt }));
      time += 30_000;
      await look(job);
    }
    expect(await now(job)).toMatchObject({
      status: 'failed',
      attempt: 3,
      error: { code: 'external/runner', message: 'The agent was lost 3 times; the last time: it vanished' },
    });
    expect(await requested()).toContain('pull:acme/flights#5');
  });

  test('that is heard while we ask its runner is left alone', async () => {
    const job = await submit();
    await look(job);
    runner.crash(await claim(job));
    time += 30_000;
    const { status } = runner;
    deps.runners.local = {
      ...runner,
      status: async (asked) => {
        await claim(job);
        return status(asked);
      },
    };
    await look(job);
    expect(await now(job)).toMatchObject({ status: 'running', attempt: 1 });
  });

  test('cancelled in the queue never starts; cancelled while running ends', async () => {
    const [first, second] = [await submit(), await submit()];
    await look(first);
    await claim(first);
    await requestCancel(deps, second.id);
    await look(second);
    expect(await now(second)).toMatchObject({ status: 'cancelled', error: { code: 'conflict/cancelled' } });
    await requestCancel(deps, first.id);
    await look(first);
    expect(await now(first)).toMatchObject({ status: 'cancelled' });
    expect(runner.agents.size).toBe(0);
    expect(await requestCancel(deps, first.id)).toMatchObject({ status: 'cancelled' });
  });

  test('past its deadline is ended', async () => {
    const job = await submit();
    await look(job);
    await store.jobs.update(job.id, (current) => ({
      ...current,
      status: 'running',
      startedAt: time,
      deadline: time + 5,
    }));
    time += 5;
    await look(job);
    expect(await now(job)).toMatchObject({ status: 'failed', error: { code: 'external/timeout' } });
    expect(runner.agents.size).toBe(0);
  });

  test('whose runner is not there fails with what is to be done; a runner that is away is tried again', async () => {
    const homeless = await submit({ runner: 'gpu' });
    await look(homeless);
    expect(await now(homeless)).toMatchObject({
      status: 'failed',
      error: { code: 'config/environment', message: 'no runner gpu' },
    });
    const job = await submit();
    deps.runners.local = {
      ...runner,
      submit: async () => {
        throw new AppError('external/runner', 'away');
      },
    };
    await expect(look(job)).rejects.toMatchObject({ code: 'external/runner' });
    deps.runners.local = runner;
    await look(job);
    expect(runner.started).toHaveLength(1);
    expect(await now(job)).toMatchObject({ attempt: 1 });
  });

  test('ends although its agent cannot be ended now: the reaper does that later', async () => {
    const job = await submit();
    await look(job);
    deps.runners.local = { ...runner, cancel: async () => Promise.reject(new AppError('external/runner', 'away')) };
    await requestCancel(deps, job.id);
    await look(job);
    expect(await now(job)).toMatchObject({ status: 'cancelled' });
  });

  test('whose runner refuses to say how it is fails with the reason; one that does not answer is believed a while', async () => {
    const [refused, away] = [await submit(), await submit()];
    const says = (code: 'config/environment' | 'external/runner') => ({
      ...runner,
      status: async () => Promise.reject(new AppError(code, `says ${code}`)),
    });
    await look(refused);
    deps.runners.local = says('config/environment');
    await look(refused);
    expect(await now(refused)).toMatchObject({ status: 'failed', error: { message: 'says config/environment' } });
    deps.runners.local = runner;
    await look(away);
    deps.runners.local = says('external/runner');
    await expect(look(away)).rejects.toMatchObject({ code: 'external/runner' });
    time += START_MS + SILENCE_MS;
    await look(away);
    expect(await now(away)).toMatchObject({ status: 'queued', attempt: 2 });
  });

  test('that its runner cannot take says so until it can', async () => {
    const job = await submit();
    deps.runners.local = { ...runner, submit: async () => Promise.reject(new AppError('external/runner', 'no route')) };
    await requested();
    await expect(look(job)).rejects.toMatchObject({ code: 'external/runner' });
    expect(await now(job)).toMatchObject({ waitingFor: 'its runner cannot be reached: no route' });
    expect(await requested()).toContain('pull:acme/flights#5');
  });

  test('of a lost attempt is paid for until it was last believed, not until we noticed', async () => {
    const job = await submit();
    await look(job);
    await claim(job);
    await store.jobs.update(job.id, (current) => ({ ...current, startedAt: time }));
    runner.crash(await now(job));
    time += 3_600_000;
    await look(job);
    expect(await now(job)).toMatchObject({ attempt: 2, spent: { seconds: 30 } });
  });

  describe('of a group', () => {
    const started: { ids: string[]; parallel: number }[] = [];
    beforeEach(() => {
      started.length = 0;
      deps.limits = { local: 10, perRepository: 10 };
      deps.place = async () => ({ ...THIS_MACHINE, maxConcurrent: 3 });
      deps.runners.local = {
        ...runner,
        status: async () => ({ state: 'pending' }),
        submitGroup: async (members, { parallel }) => {
          started.push({ ids: members.map(({ job }) => job.id), parallel });
          return Object.fromEntries(members.map(({ job }) => [job.id, { group: job.group ?? '' }]));
        },
      };
    });
    const group = (count: number) =>
      Promise.all(Array.from({ length: count }, () => submit({ group: 'sweep', pull: undefined })));

    test('is started with all others, by one of them, within what is left of the limits', async () => {
      const other = await submit();
      await look(other);
      const members = await group(4);
      const [first, ...rest] = await Promise.all(members.map(now)).then((all) =>
        all.sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1)),
      );
      for (const job of rest) await look(job);
      expect(started).toEqual([]);
      await look(first!);
      for (const job of rest) await look(job);
      expect(started).toEqual([{ ids: [first!, ...rest].map(({ id }) => id), parallel: 2 }]);
      for (const job of members) {
        expect(await now(job)).toMatchObject({ attempt: 1, status: 'queued', handle: { group: 'sweep' } });
      }
    });

    test('is started as a whole again when the runner was away', async () => {
      const members = await group(2);
      const whole = deps.runners.local!;
      deps.runners.local = {
        ...whole,
        submitGroup: async () => Promise.reject(new AppError('external/runner', 'away')),
      };
      for (const job of members) await look(job).catch(() => undefined);
      deps.runners.local = whole;
      for (const job of members) await look(job);
      expect(started.map(({ ids }) => ids.length)).toEqual([2]);
      expect(runner.started).toEqual([]);
    });
  });

  test('that nobody knows is nothing to look at', async () => {
    expect(await reconcileJob(deps, 'unknown')).toBeUndefined();
  });
});
