/** Files of production profiled by an agent and by the server itself: what is added up must be the same, byte for byte. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDriftSource } from '../../src/adapters/drift-source/create-drift-source.ts';
import { profilePartitions } from '../../src/adapters/drift-source/profile-partitions.ts';
import { withSession } from '../../src/adapters/drift-source/session.ts';
import { runAgent } from '../../src/agent/run-agent.ts';
import type { PartitionProfile, ReferenceProfile } from '../../src/domain/drift/profile.ts';
import type { JobTask } from '../../src/domain/jobs/job.ts';
import type { Monitor } from '../../src/domain/spec/valid-monitor.ts';
import type { Watched } from '../../src/ports/drift-source.ts';
import { sampleJob } from '../contract/store.ts';
import { fakeModel } from '../serve/fake-runtime.ts';
import { openAgentWorld } from './agent-world.ts';

const DAY = 86_400_000;
const FROM = Date.parse('2024-03-04T00:00:00Z');
const window = { from: FROM, to: FROM + DAY };

let world: Awaited<ReturnType<typeof openAgentWorld>>;
beforeAll(async () => {
  world = await openAgentWorld();
});
afterAll(() => world.close());

const outside = { under: 0, over: 0, nulls: 0, nans: 0, infinities: 0 };
const numeric = { kind: 'numeric' as const, bins: [], ...outside, rows: 0 };
const reference: ReferenceProfile = {
  version: 2,
  rows: 1_000,
  columns: [
    { column: 'hour', measure: { of: 'value', column: 'hour' }, ...numeric, low: 0, width: 0.024 },
    {
      column: 'origin',
      measure: { of: 'value', column: 'origin' },
      kind: 'categorical',
      rows: 0,
      counts: [
        ['JFK', 500],
        ['LGA', 500],
      ],
      other: 0,
      unseen: 0,
      nulls: 0,
    },
  ],
  prediction: {
    column: 'prediction',
    measure: { of: 'value', column: 'prediction' },
    ...numeric,
    low: 0,
    width: 0.001,
  },
  groups: [{ by: 'hour-of-week', groups: [] }],
  promised: [],
};

/** Four files of two days: the window is in three of them, twice together with a day beside it. */
async function openSource(format: 'parquet' | 'csv'): Promise<Watched> {
  const folder = path.join(world.folder, format);
  await mkdir(folder);
  await withSession(async (session) => {
    for (let part = 0; part < 4; part += 1) {
      const first = FROM - DAY / 2 + part * (DAY / 2) - DAY / 4;
      await session.query(
        `COPY (SELECT make_timestamp(CAST(${first} + i * 86400 AS BIGINT) * 1000) AS at, CAST(i % 24 AS INTEGER) AS hour,
           CASE WHEN i % 7 = 0 THEN NULL WHEN i % 11 = 0 THEN 'EWR' WHEN i % 2 = 0 THEN 'JFK' ELSE 'LGA' END AS origin,
           (i * 7919 % 1000) / 1000.0 AS score FROM range(500) t(i))
         TO '${path.join(folder, `${part}.${format}`)}' (FORMAT ${format})`,
      );
    }
  });
  const source = {
    kind: 'files',
    uri: `file:${format}/*.${format}`,
    format,
    timestamp: 'at',
    timezone: 'UTC',
    columns: { prediction: 'score' },
  };
  const monitor = { name: 'live', source, windowSeconds: DAY / 1000 } as Monitor;
  return { repository: 'acme/flights', monitor, allow: ['file:'] };
}

const server = (name: string) =>
  createDriftSource({
    servingRoot: world.folder,
    observationsRoot: world.folder,
    dataRoot: world.folder,
    cacheFolder: path.join(world.folder, 'cache', name),
  });

async function profiledBy(task: JobTask) {
  const job = await world.store.jobs.create(sampleJob({ attempt: 1, task }));
  const token = world.tokens.issue({ jobId: job.id, attempt: 1 }, world.clock.now() + 600_000);
  const outcome = await runAgent({ ...world.agentOptions(token), profilePartitions });
  const ended = (await world.store.jobs.get(job.id))!;
  const [file] = ended.result?.files ?? [];
  const profiles = file && (JSON.parse(await text(await world.artifacts.read(file.digest))) as PartitionProfile[]);
  return { outcome, ended, profiles, log: await world.logOf(job) };
}

async function referenceFile() {
  const content = JSON.stringify(reference);
  return { path: 'reference.json', digest: await world.artifacts.put(content), size: content.length };
}

describe.each([
  ['parquet', 2],
  ['csv', 1],
] as const)('files in %s', (format, jobs) => {
  test('make the same window, whoever profiles them', async () => {
    const watched = await openSource(format);
    const model = fakeModel();
    const [alone, helped] = [server(`${format}-alone`), server(`${format}-helped`)];
    const own = await alone.observe(watched, window, reference, model);
    expect(own.profile.rows).toBe(1_000);

    const pending = await helped.pending(watched, window, reference);
    expect(pending.length).toBeGreaterThanOrEqual(3);
    const { monitor, allow } = watched;
    const shards = jobs === 1 ? [pending] : [pending.slice(0, 2), pending.slice(2)];
    const parts = shards.map((some) => some.map(({ uri, stamp }) => ({ uri, stamp })));
    // The last part first: the order in which jobs end is nobody's.
    for (const partitions of parts.toReversed()) {
      const task = { kind: 'profile' as const, model, monitor, allow, reference: await referenceFile(), partitions };
      const { outcome, ended, profiles, log } = await profiledBy(task);
      expect(outcome, log.join('\n')).toBe('succeeded');
      expect(ended.result?.files.map((file) => file.path)).toEqual(['partitions.json']);
      expect(profiles?.map(({ uri, stamp }) => ({ uri, stamp }))).toEqual(partitions);
      expect(log).toContain(`${partitions.length * 500} rows in ${partitions.length} files`);
      await helped.accept(watched, window, reference, profiles!);
    }
    expect(await helped.pending(watched, window, reference)).toEqual([]);
    const merged = await helped.observe(watched, window, reference, model);
    expect(JSON.stringify(merged.profile)).toBe(JSON.stringify(own.profile));
    // What it was added up from is known file by file in one case and all together in the other.
    expect({ ...merged, stamp: '' }).toEqual({ ...own, stamp: '' });
  });
});

test('a file that the policy does not allow is not read', async () => {
  const monitor = {
    name: 'live',
    source: { kind: 'files', uri: 'file:private/*.csv', format: 'csv', timestamp: 'at', timezone: 'UTC', columns: {} },
    windowSeconds: DAY / 1000,
  } as Monitor;
  const task = {
    kind: 'profile' as const,
    model: fakeModel(),
    monitor,
    allow: ['file:public/'],
    reference: await referenceFile(),
    partitions: [{ uri: 'file:private/a.csv', stamp: '1' }],
  };
  const { outcome, ended } = await profiledBy(task);
  expect(outcome).toBe('failed');
  expect(ended.error?.code).toBe('config/data-not-allowed');
});
