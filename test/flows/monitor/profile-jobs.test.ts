import { beforeEach, describe, expect, test } from 'vitest';
import type { PartitionProfile, ReferenceProfile } from '../../../src/domain/drift/profile.ts';
import type { Job } from '../../../src/domain/jobs/job.ts';
import type { RunnerSpec } from '../../../src/domain/spec/valid.ts';
import { profileInJobs } from '../../../src/flows/monitor/profile-jobs.ts';
import type { MonitorScene } from '../../../src/flows/monitor/scene.ts';
import { openRecords, type VersionRecord } from '../../../src/flows/records.ts';
import type { Span } from '../../../src/ports/drift-source.ts';
import { createFakeArtifacts } from '../../fakes/fake-artifacts.ts';
import { createMemoryStore } from '../../fakes/memory-store.ts';
import { fakeModel } from '../../serve/fake-runtime.ts';

const DAY = 86_400_000;
const WINDOW = { from: 0, to: DAY };
const cluster: RunnerSpec = { name: 'cluster', type: 'local', pricePerHour: 0, maxHours: 1 };
const reference = { version: 2, rows: 10, columns: [], groups: [], promised: [] } as unknown as ReferenceProfile;

type Pending = { uri: string; stamp: string; bytes: number; day?: number };
let present: number;
const time = 1_700_000_000_000;
let store: ReturnType<typeof createMemoryStore>;
let artifacts: ReturnType<typeof createFakeArtifacts>;
let pending: Pending[];
let accepted: PartitionProfile[];
let said: string[];
let version: VersionRecord;

beforeEach(async () => {
  store = createMemoryStore(() => time);
  artifacts = createFakeArtifacts();
  accepted = [];
  said = [];
  present = DAY * 1.5;
  pending = Array.from({ length: 20 }, (_, i) => ({ uri: `s3://log/day/${i}.parquet`, stamp: `v1-${i}`, bytes: 1 }));
  version = {
    version: '1.0.0',
    model: fakeModel(),
    referenceDigest: await artifacts.put(JSON.stringify(reference)),
  } as VersionRecord;
});

function scene(over: { runner?: string; source?: object; multivariate?: boolean } = {}): MonitorScene {
  const monitor = {
    name: 'live',
    windowSeconds: 86_400,
    settleSeconds: 3_600,
    multivariate: true,
    source: { kind: 'files', uri: 's3://log/**' },
    runner: 'cluster',
  };
  const log = (_fields: object, message: string) => void said.push(message);
  return {
    deps: {
      store,
      artifacts,
      clock: { now: () => time },
      monitorClock: { now: () => present },
      log: { info: log, warn: log },
      drift: {
        pending: async (_watched: unknown, span: Span) =>
          pending
            .filter(({ day = 0 }) => day * DAY < span.to && (day + 1) * DAY > span.from)
            .filter(({ uri, stamp }) => !accepted.some((one) => one.uri === uri && one.stamp === stamp)),
        accept: async (_watched: unknown, _window: unknown, _reference: unknown, some: PartitionProfile[]) =>
          void accepted.push(...some),
      },
    },
    records: openRecords(store.documents),
    repository: 'acme/shop',
    id: 'acme/shop/live',
    sha: 'a'.repeat(40),
    declared: { policy: { runners: [cluster] } },
    monitor: { ...monitor, ...over },
    watched: { repository: 'acme/shop', monitor: { ...monitor, ...over }, allow: ['s3://log/'] },
  } as unknown as MonitorScene;
}

const look = (over?: Parameters<typeof scene>[0]) => profileInJobs(scene(over), WINDOW, reference, version);
const fallback = async () => (await openRecords(store.documents).monitors.get('acme/shop/live'))?.fallback;
const jobs = () => store.jobs.list({ repository: 'acme/shop' });
const partitionsOf = (job: Job) => (job.task as Extract<Job['task'], { kind: 'profile' }>).partitions;
const profileOf = (one: { uri: string; stamp: string }): PartitionProfile => ({
  version: 1,
  ...one,
  windowMs: 86_400_000,
  windows: [],
  timeless: 0,
});

async function succeed(job: Job, profiles: unknown = partitionsOf(job).map(profileOf)): Promise<void> {
  const text = typeof profiles === 'string' ? profiles : JSON.stringify(profiles);
  const file = { path: 'partitions.json', digest: await artifacts.put(text), size: text.length };
  await store.jobs.update(job.id, (current) => ({ ...current, status: 'succeeded', result: { files: [file] } }));
}

const fail = (job: Job) =>
  store.jobs.update(job.id, (current) => ({
    ...current,
    status: 'failed',
    error: { code: 'external/runner', message: 'the node was lost' },
  }));

describe('what is too much for the server', () => {
  test('is spread over jobs of one group on the runner, once however often it is looked at', async () => {
    expect(await look()).toBe('waiting');
    expect(await look()).toBe('waiting');
    const made = await jobs();
    expect(made.map((job) => partitionsOf(job).length).sort()).toEqual([6, 7, 7]);
    expect(new Set(made.flatMap(partitionsOf).map(({ uri }) => uri)).size).toBe(20);
    expect(new Set(made.map(({ group }) => group)).size).toBe(1);
    const size = JSON.stringify(reference).length;
    expect(made[0]).toMatchObject({
      runner: 'cluster',
      repository: 'acme/shop',
      status: 'queued',
      task: {
        kind: 'profile',
        allow: ['s3://log/'],
        monitor: { name: 'live' },
        model: { name: 'flight-delay' },
        reference: { path: 'reference.json', digest: version.referenceDigest, size },
      },
    });
    expect(made[0]!.pull).toBeUndefined();
  });

  test('is taken over job by job, and read no more when all have ended', async () => {
    await look();
    const [first, ...others] = await jobs();
    await succeed(first!);
    expect(await look()).toBe('waiting');
    expect(accepted).toEqual(partitionsOf(first!).map(profileOf));
    for (const job of others) await succeed(job);
    expect(await look()).toBe('ready');
    expect(accepted).toHaveLength(20);
    expect(await look()).toBe('ready');
    expect(accepted).toHaveLength(20);
    expect(await jobs()).toHaveLength(3);
  });

  test.each([
    ['that failed', fail, 'the node was lost'],
    [
      'without a result',
      (job: Job) => store.jobs.update(job.id, (one) => ({ ...one, status: 'succeeded' })),
      'no partitions.json',
    ],
    ['whose result is no JSON', (job: Job) => succeed(job, '[{'), 'its result is none'],
    ['whose result is something else', (job: Job) => succeed(job, [{ version: 7 }]), 'its result is none'],
    [
      'whose result holds what is no window',
      (job: Job) => succeed(job, [{ ...profileOf(partitionsOf(job)[0]!), windows: [null] }]),
      'its result is none',
    ],
  ])('of a job %s is read here, which is said', async (_what, end, why) => {
    await look();
    const [first, ...others] = await jobs();
    await end(first!);
    for (const job of others) await succeed(job);
    expect(await look()).toBe('ready');
    expect(accepted).toHaveLength(20 - partitionsOf(first!).length);
    expect(said.at(-1)).toMatch(new RegExp(`^[67] files that a runner should have profiled are read here: .*${why}`));
    expect(await jobs()).toHaveLength(3);
  });

  test('is told of as long as jobs come to nothing', async () => {
    await look();
    const [first, second, third] = await jobs();
    await fail(first!);
    await look();
    expect(await fallback()).toEqual({ since: present, runner: 'cluster', why: 'the node was lost' });
    const since = present;
    present += DAY;
    await succeed(second!);
    await succeed(third!);
    await look();
    expect(await fallback()).toMatchObject({ since });
    accepted.push(...partitionsOf(first!).map(profileOf));
    pending.push(...Array.from({ length: 20 }, (_, i) => ({ uri: `s3://log/next/${i}`, stamp: 'v1', bytes: 1 })));
    await look();
    for (const job of await jobs()) if (job.status === 'queued') await succeed(job);
    await look();
    expect(await fallback()).toBeUndefined();
  });

  test('is told of until a new window needs no jobs, whatever little comes late', async () => {
    await look();
    for (const job of await jobs()) await fail(job);
    await look();
    accepted.push(...pending.map(profileOf));
    await openRecords(store.documents).monitors.update(
      'acme/shop/live',
      (stored) => stored && { ...stored, nextFrom: DAY },
    );
    pending.push({ uri: 's3://log/day/late.parquet', stamp: 'v1', bytes: 1 });
    expect(await look()).toBe('ready');
    expect(await fallback()).toBeDefined();
    pending.push({ uri: 's3://log/next/0.parquet', stamp: 'v1', bytes: 1, day: 1 });
    expect(await profileInJobs(scene(), { from: DAY, to: 2 * DAY }, reference, version)).toBe('ready');
    expect(await fallback()).toBeUndefined();
  });

  test('is profiled again where files changed meanwhile, and nothing but what was asked for is taken', async () => {
    await look();
    const [first, second, third] = (await jobs()) as [Job, Job, Job];
    const foreign = { uri: 's3://other/x.parquet', stamp: 'v1' };
    await succeed(first, [...partitionsOf(first), ...partitionsOf(second), foreign].map(profileOf));
    await succeed(third);
    pending = pending.map((one) => ({ ...one, stamp: one.stamp.replace('v1', 'v2') }));
    expect(await look()).toBe('waiting');
    expect(accepted).toEqual([]);
    expect(await jobs()).toHaveLength(6);
    pending = pending.map((one) => ({ ...one, stamp: one.stamp.replace('v2', 'v1') }));
    await succeed(second, []);
    expect(await look()).toBe('ready');
    expect(accepted.map(({ uri }) => uri).sort()).toEqual(
      [...partitionsOf(first), ...partitionsOf(third)].map(({ uri }) => uri).sort(),
    );
  });

  test('is profiled once when we died while jobs were made, and all of them are looked at', async () => {
    const { create } = store.jobs;
    let made = 0;
    store.jobs.create = async (job) => {
      made += 1;
      if (made === 2) throw new Error('killed');
      return create(job);
    };
    await expect(look()).rejects.toThrow('killed');
    expect(await look()).toBe('waiting');
    expect(await look()).toBe('waiting');
    const all = await jobs();
    const uris = all.flatMap(partitionsOf).map(({ uri }) => uri);
    expect(uris.toSorted()).toEqual(pending.map(({ uri }) => uri).toSorted());
    const keys: string[] = [];
    for (let lease = await store.queue.take(9); lease; lease = await store.queue.take(9)) {
      keys.push(lease.key);
      await store.queue.finish(lease);
    }
    expect(keys.toSorted()).toEqual(all.map(({ id }) => `job:${id}`).toSorted());
  });

  test('of windows to come is profiled with it when the monitor catches up, and no window waits for another', async () => {
    pending = Array.from({ length: 12 }, (_, day) => ({ uri: `s3://log/${day}`, stamp: '1', bytes: 1, day }));
    expect(await look(), 'one small file of the present').toBe('ready');
    present = 10 * DAY + 3_600_000;
    expect(await look()).toBe('waiting');
    expect((await jobs()).flatMap(partitionsOf)).toHaveLength(10);
    for (const job of await jobs()) if (partitionsOf(job).some(({ uri }) => uri === 's3://log/0')) await succeed(job);
    expect(await look(), 'although another job is still at others').toBe('ready');
    expect(await jobs()).toHaveLength(2);
  });

  test('of another reference or source, or of other columns, is other work', async () => {
    await look();
    expect(await look({ source: { kind: 'files', uri: 's3://log/*' } })).toBe('waiting');
    expect(await look({ multivariate: false })).toBe('waiting');
    version = { ...version, referenceDigest: await artifacts.put('{}') };
    expect(await look()).toBe('waiting');
    expect(await jobs()).toHaveLength(12);
  });

  test('waits with what is little, while jobs are at the rest', async () => {
    await look();
    pending = [...pending, { uri: 's3://log/day/late.parquet', stamp: 'v1', bytes: 5 }];
    expect(await look()).toBe('waiting');
    expect(await jobs()).toHaveLength(3);
    for (const job of await jobs()) await succeed(job);
    expect(await look()).toBe('ready');
    expect(accepted).toHaveLength(20);
  });
});

describe('the server reads itself', () => {
  test('what is little', async () => {
    pending = pending.slice(0, 8);
    expect(await look()).toBe('ready');
    expect(await jobs()).toEqual([]);
  });

  test.each([
    ['a monitor without runner', { runner: undefined as never }],
    ['its own logs', { source: { kind: 'serving' } }],
    ['where the policy has no such runner any more', { runner: 'gone' }],
  ])('for %s', async (_what, over) => {
    expect(await look(over)).toBe('ready');
    expect(await jobs()).toEqual([]);
  });
});
