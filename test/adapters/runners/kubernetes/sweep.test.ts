import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PlacedJob } from '../../../../src/ports/runner.ts';
import { sampleJob } from '../../../contract/store.ts';
import { ACCESS, openCluster, PLACE, type TestCluster } from './open-cluster.ts';
import { until } from './until.ts';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await openCluster();
});
afterEach(() => cluster.close());

const trials = (count: number): PlacedJob[] =>
  Array.from({ length: count }, () => ({ ...sampleJob({ attempt: 1, group: 'sweep:1' }), place: PLACE }));
const withTokens = (jobs: PlacedJob[]) => jobs.map((job) => ({ job, token: `token of ${job.id}` }));

async function started(jobs: PlacedJob[], parallel: number): Promise<PlacedJob[]> {
  const access = { serverUrl: ACCESS.serverUrl, parallel };
  const handles = await cluster.runner.submitGroup!(withTokens(jobs), access);
  return jobs.map((job) => ({ ...job, handle: handles[job.id]! }));
}
const states = (jobs: PlacedJob[]) => Promise.all(jobs.map(async (job) => (await cluster.runner.status(job)).state));
const become = (jobs: PlacedJob[], expected: string[]) =>
  until(
    () => states(jobs),
    (now) => now.join() === expected.join(),
  );
const reap = (live: PlacedJob[]) => cluster.runner.reap(async () => live, [{ repository: 'a/b', spec: PLACE }]);

test('is one Indexed Job, in which each trial gets its own token and no other', async () => {
  const jobs = await started(trials(3), 3);
  expect(cluster.jobs()).toHaveLength(1);
  expect(cluster.jobs()[0]!.spec).toMatchObject({ completionMode: 'Indexed', completions: 3, parallelism: 3 });
  await become(jobs, ['running', 'running', 'running']);
  for (const job of jobs) {
    const lines = await until(
      () => cluster.runner.logs(job),
      ({ length }) => length > 0,
    );
    expect(lines).toEqual([`started with token of ${job.id}; about to wait`]);
  }
});

test('is handed over once, however often and by whomever it is tried', async () => {
  const jobs = trials(2);
  const [first, second] = await started(jobs, 2);
  expect(await started(jobs, 2)).toEqual([first, second]);
  expect((await cluster.open().submit(jobs[1]!, ACCESS)).handle).toEqual(second!.handle);
  expect(await states(jobs)).not.toContain('gone');
  expect(cluster.jobs()).toHaveLength(1);
});

test('a trial that came later, and the second attempt of one, are Jobs of their own', async () => {
  const jobs = trials(3);
  const [first] = await started(jobs.slice(0, 2), 2);
  const late = await cluster.runner.submit(jobs[2]!, ACCESS);
  expect(late.handle).not.toHaveProperty('index');
  const { handle: _, ...again } = { ...first!, attempt: 2 };
  expect((await cluster.runner.submit(again, ACCESS)).handle).not.toHaveProperty('index');
  expect(cluster.jobs()).toHaveLength(3);
});

test('runs as many at a time as it may; the next begins when one has ended', async () => {
  const jobs = await started(trials(3), 1);
  await become(jobs, ['running', 'pending', 'pending']);
  expect(await cluster.runner.status(jobs[1]!)).toEqual({
    state: 'pending',
    waitingFor: 'waits for its turn: 1 of its group run at a time',
  });
  cluster.changes.length = 0;
  cluster.kubelet.kill(cluster.podOf(jobs[0]!.handle));
  await become(jobs, ['gone', 'running', 'pending']);
  expect(await cluster.runner.status(jobs[0]!)).toMatchObject({ fault: 'infrastructure' });
  expect(cluster.changes).toContain(jobs[0]!.id);
  expect(cluster.changes).toContain(jobs[1]!.id);
});

test('one cancelled trial ends alone and for good, begun or not', async () => {
  const jobs = await started(trials(3), 2);
  await become(jobs, ['running', 'running', 'pending']);
  await cluster.runner.cancel(jobs[0]!);
  await cluster.runner.cancel(jobs[2]!);
  await become(jobs, ['gone', 'running', 'gone']);
  await until(
    () => cluster.pods().length,
    (count) => count === 1,
  );
  await until(
    () => cluster.jobs()[0]!.status.failedIndexes,
    (failed) => failed === '0,2',
  );
  await cluster.runner.cancel(jobs[0]!);
  await cluster.runner.cancel(jobs[1]!);
  await until(
    () => cluster.kubelet.count(),
    (count) => count === 0,
  );
});

test('reaping ends the trials of finished jobs, and the whole when none is left', async () => {
  const jobs = await started(trials(3), 3);
  await become(jobs, ['running', 'running', 'running']);
  expect(await reap([jobs[1]!, { ...jobs[2]!, attempt: 2 }])).toBe(2);
  await until(
    () => cluster.kubelet.count(),
    (count) => count === 1,
  );
  expect(await states(jobs)).toEqual(['gone', 'running', 'gone']);
  expect(await reap([jobs[1]!])).toBe(0);
  expect(await reap([])).toBe(1);
  expect(cluster.jobs()).toEqual([]);
  expect(cluster.server.store.list('secrets')).toEqual([]);
});
