import { beforeEach, describe, expect, test } from 'vitest';
import type { Job } from '../../../src/domain/jobs/job.ts';
import { parsePolicy } from '../../../src/domain/spec/parse-policy.ts';
import type { Repository } from '../../../src/domain/spec/valid.ts';
import type { Monitor } from '../../../src/domain/spec/valid-monitor.ts';
import type { FlowDeps } from '../../../src/flows/deps.ts';
import { jobDeps } from '../../../src/flows/job/job-deps.ts';
import { reconcileJob } from '../../../src/flows/job/reconcile-job.ts';
import { submitJob } from '../../../src/flows/job/submit-job.ts';
import { openRecords, type Records } from '../../../src/flows/records.ts';
import { resyncKeys } from '../../../src/flows/resync-keys.ts';
import type { Store } from '../../../src/ports/store.ts';
import { createFakeRunner, type FakeRunner } from '../../fakes/fake-runner.ts';
import { createMemoryStore } from '../../fakes/memory-store.ts';

const REPOSITORY = 'acme/shop';
let time = 0;
let store: Store;
let records: Records;
let local: FakeRunner;
let deps: FlowDeps;

beforeEach(async () => {
  time = 1_700_000_000_000;
  const clock = { now: () => time };
  store = createMemoryStore(clock.now);
  records = openRecords(store.documents);
  local = createFakeRunner();
  const log = { info: () => undefined, warn: () => undefined };
  deps = {
    store,
    clock,
    log,
    runners: { local },
    jobLimits: { local: 1, perRepository: 50 },
    issueToken: () => 'token',
    publicUrl: 'http://sluice.invalid',
  } as unknown as FlowDeps;
});

async function baseSays(runners: string, monitors: string[] = []): Promise<void> {
  const text = `apiVersion: sluice/v1\nkind: Policy\nrunners: ${runners}\n`;
  const policy = parsePolicy({ path: 'sluice.yaml', text }).policy!;
  const repository: Repository = { policy, datasets: [], models: [], deployments: [], monitors: [] };
  repository.monitors = monitors.map((name) => ({ name }) as Monitor);
  await records.bases.update(REPOSITORY, () => ({ sha: 'a'.repeat(40), repository, problems: 0 }));
}

async function submit(kind: 'data' | 'train' | 'profile', runner: string): Promise<Job> {
  time += 1;
  const model = { train: { resources: { timeoutSeconds: 60 } } };
  const task = { kind, dataset: {}, model, monitor: { name: 'live' }, allow: [] } as never;
  return submitJob(deps, {
    key: `${kind}:${time}`,
    task,
    repository: REPOSITORY,
    sha: 'b'.repeat(40),
    pull: 5,
    runner,
  });
}
const look = (job: Job) => reconcileJob(jobDeps(deps, records), job.id);
const now = async (job: Job) => (await store.jobs.get(job.id))!;
const started = () => local.started.map(({ job }) => job.id);

describe('a runner of type local by another name', () => {
  beforeEach(() => baseSays('{cpu: {type: local}}'));

  test('runs one job at a time', async () => {
    const [first, second] = [await submit('train', 'cpu'), await submit('train', 'cpu')];
    await look(first);
    await look(second);
    expect(started()).toEqual([first.id]);
    await store.jobs.update(first.id, (job) => ({ ...job, status: 'succeeded' }));
    await look(second);
    expect(started()).toEqual([first.id, second.id]);
  });

  test('keeps the agents of its live jobs when those of no job are ended', async () => {
    const [live, dead] = [await submit('train', 'cpu'), await submit('data', 'local')];
    await look(live);
    await look(dead);
    await store.jobs.update(dead.id, (job) => ({ ...job, status: 'cancelled' }));
    await resyncKeys(deps, records);
    expect([...local.agents.keys()]).toEqual([`${live.id}.1`]);
  });
});

test('a name that is of another type has no runner here; checks of data run all the same', async () => {
  await baseSays(`{local: {type: kubernetes, namespace: ml, image: "x@sha256:${'1'.repeat(64)}"}}`);
  const [training, check] = [await submit('train', 'local'), await submit('data', 'local')];
  await look(training);
  expect(await now(training)).toMatchObject({
    status: 'failed',
    error: { code: 'config/environment', message: expect.stringContaining('no runner of type kubernetes') },
  });
  await look(check);
  expect(started()).toEqual([check.id]);
});

test('a runner that the policy has no more is not replaced by this machine', async () => {
  await baseSays('{cpu: {type: local}}');
  const job = await submit('train', 'gpu');
  await look(job);
  expect(await now(job)).toMatchObject({
    status: 'failed',
    error: { message: 'sluice.yaml has no runner gpu any more' },
  });
});

test('files of production are read for a monitor that is declared, and for no other', async () => {
  await baseSays('{local: {type: local}}', ['live']);
  const wanted = await submit('profile', 'local');
  await look(wanted);
  expect(local.started.map(({ job }) => job.id)).toEqual([wanted.id]);
  const forgotten = await submit('profile', 'local');
  await baseSays('{local: {type: local}}', ['other']);
  await look(forgotten);
  expect(await store.jobs.get(forgotten.id)).toMatchObject({
    status: 'failed',
    error: { message: 'there is no monitor live any more' },
  });
});
