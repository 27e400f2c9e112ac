import { expect, test } from 'vitest';
import type { PendingPartition, Span } from '../../../src/ports/drift-source.ts';
import { DAY } from '../../fakes/fake-drift-source.ts';
import { days, issues, live, MONITOR, today } from '../monitored.ts';
import { tinyFiles } from '../world.ts';

/** Twenty files a day, which lie where a runner can read them. */
async function watchedByJobs() {
  const policy = tinyFiles()['sluice.yaml']!.replace('allow: ["data/"]', 'allow: ["data/", "file:log/"]');
  const source = 'source: { uri: "file:log/*.parquet", timestamp: at }\nrunner: local\n';
  const world = await live((text) => text + source, { 'sluice.yaml': policy });
  const known = new Set<string>();
  world.drift.pending = async (_, { from, to }: Span) =>
    [...world.drift.days.keys()]
      .filter((day) => day * DAY >= from && day * DAY < to)
      .flatMap((day) => Array.from({ length: 20 }, (_, part) => `file:log/${day}-${part}.parquet`))
      .filter((uri) => !known.has(uri))
      .map((uri): PendingPartition => ({ uri, stamp: '1', bytes: 1 }));
  world.drift.accept = async (_, __, ___, partitions) => {
    for (const { uri } of partitions) known.add(uri);
  };
  return { world, known, record: async () => (await world.records.monitors.get(MONITOR))! };
}

test('a large window is read when its jobs have ended, and then at once', async () => {
  const { world, known, record } = await watchedByJobs();
  await days(world, 'bad');
  expect(world.drift.reads).toEqual([]);
  expect((await record())?.windows ?? []).toEqual([]);
  await world.finish();
  expect(known.size).toBe(20);
  expect(world.drift.reads).toEqual([today(world) - 1]);
  expect((await record()).windows).toHaveLength(1);
  await days(world, 'bad');
  await world.finish();
  expect(issues(world)).toEqual(['#2 open monitor/bought-live']);
});

test('what jobs fail with is read by the server', async () => {
  const { world, known, record } = await watchedByJobs();
  await days(world, 'bad', 'bad');
  await world.finish(() => ({ fail: 'the node was lost' }));
  expect(known.size).toBe(0);
  expect((await record()).windows).toHaveLength(2);
  expect(issues(world)).toEqual(['#2 open monitor/bought-live']);
});
