import { mkdir, readdir, rename, utimes } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { profilePartitions } from '../../../src/adapters/drift-source/profile-partitions.ts';
import { windowsInSheet } from '../../../src/adapters/drift-source/windows-in-sheet.ts';
import { makeProfile } from '../../../src/domain/drift/make-profile.ts';
import { filesOf, HOUR, MAY, model, monitorOf, openWorld, reference, type World } from './source-world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const HOURS = 1200;
const whole = { from: MAY, to: MAY + HOURS * HOUR };
const hour = (number: number) => ({ from: MAY + number * HOUR, to: MAY + (number + 1) * HOUR });
const watched = () => {
  const source = filesOf('file:log/*.parquet');
  return world.watch(source, { monitor: monitorOf(source, 3600) });
};
const kept = async () =>
  (await readdir(world.places.cacheFolder, { recursive: true })).filter((name) => name.endsWith('.head.json')).length;

/** Ten rows an hour, but none in the hours 600 to 699; 103 have no time. */
const writeYear = () =>
  world.parquet(
    'log/year.parquet',
    `SELECT 'i' || i AS id, CASE WHEN i % 117 <> 5 THEN TIMESTAMP '2001-05-01' + INTERVAL (i * 6) MINUTE END AS ts,
       (i % 5)::DOUBLE AS distance, 'ATL' AS origin, 0.5::DOUBLE AS p
     FROM range(${HOURS * 10}) t(i) WHERE i // 1000 <> 6 OR i % 117 = 5`,
  );

describe('a file of many windows', () => {
  it('is read part by part, each once, and adds up to the whole', async () => {
    await writeYear();
    const { profile, timeless } = await world.observe(watched(), hour(3));
    expect([profile.rows, await kept()]).toEqual([10, 1]);
    expect(timeless).toBeLessThan(3);
    const all = await world.observe(watched(), whole);
    expect([all.profile.rows, all.timeless]).toEqual([10_905, 103]);
    expect(all.newest).toBe(whole.to - HOUR / 10);
    const sheets = await kept();
    expect(sheets).toBeGreaterThan(2);
    for (const number of [0, 3, 499, 500, 599, 700, HOURS - 1])
      expect((await world.again().observe(watched(), hour(number), reference, model)).profile.rows).toBeGreaterThan(8);
    expect((await world.observe(watched(), hour(650))).profile.rows).toBe(0);
    expect(await kept()).toBe(sheets);
  });

  it('that was profiled elsewhere is kept in the same parts', async () => {
    await writeYear();
    const partitions = await world.source.pending(watched(), whole, reference);
    const folder = path.join(world.root, 'job');
    await mkdir(folder);
    const { monitor, allow } = watched();
    const { dataRoot } = world.places;
    const stop = new AbortController().signal;
    const made = await profilePartitions({ monitor, allow, dataRoot, reference, model, partitions, folder, stop });
    await world.source.accept(watched(), hour(3), reference, made);
    expect(await world.source.pending(watched(), whole, reference)).toEqual([]);
    const before = await kept();
    const all = await world.observe(watched(), whole);
    expect([all.profile.rows, all.timeless, await kept()]).toEqual([10_905, 103, before]);
  });
});

it('of thousands of windows fits into memory with the ids of its rows', async () => {
  await world.parquet(
    'log/years.parquet',
    `SELECT 'i' || i AS id, TIMESTAMP '2001-05-01' + INTERVAL (i) HOUR AS ts, 1.0::DOUBLE AS distance, 'ATL' AS origin,
       0.5::DOUBLE AS p FROM range(9000) t(i)`,
  );
  const { profile, malformed } = await world.observe(watched(), hour(8999));
  expect([profile.rows, malformed]).toEqual([1, []]);
}, 60_000);

it('a job’s file with a row of long ago takes the parts that have rows, not all in between', async () => {
  await world.parquet(
    'log/old.parquet',
    `SELECT 'i' || i AS id, TIMESTAMP '2001-05-01' - INTERVAL (i * 365) DAY AS ts, 1.0::DOUBLE AS distance, 'ATL' AS origin,
       0.5::DOUBLE AS p FROM range(2) t(i)`,
  );
  const partitions = await world.source.pending(watched(), hour(0), reference);
  const { monitor, allow } = watched();
  const about = { monitor, allow, dataRoot: world.places.dataRoot, reference, model, folder: world.root };
  const made = await profilePartitions({ ...about, partitions, stop: new AbortController().signal });
  // What an agent says of edges is not taken for more than its windows.
  const edges = { first: -9e15, last: 9e15 };
  await world.source.accept(watched(), hour(0), reference, [{ ...made[0]!, edges }]);
  expect(await kept()).toBe(2);
  expect((await world.observe(watched(), hour(0))).profile.rows).toBe(1);
});

describe('rows without a time', () => {
  const dated = (name: string, at: number) => utimes(world.file(name), at / 1000, at / 1000);

  it('of a file that has no others are told once, however many parts are read and put together', async () => {
    const sheet = windowsInSheet(reference, HOUR) * HOUR;
    const first = Math.ceil(MAY / sheet) * sheet;
    const line = (id: string, ts: number | null) =>
      JSON.stringify({ id, ts: ts && new Date(ts).toISOString(), distance: 1 });
    for (let part = 0; part < 34; part++) {
      const [name, at] = [`log/${part}.jsonl`, first + sheet + part * HOUR];
      await world.write(name, `${line(name, at)}\n`);
      await dated(name, at + 1000);
    }
    await world.write('log/none.jsonl', `${line('x', null)}\n${line('y', null)}\n`);
    await dated('log/none.jsonl', first + 5 * HOUR);
    const source = filesOf('file:log/*.jsonl', { format: 'jsonl', columns: { id: 'id' } });
    const lines = world.watch(source, { monitor: monitorOf(source, 3600) });
    const told: number[] = [];
    for (const start of [first, first + sheet])
      told.push((await world.observe(lines, { from: start, to: start + 40 * HOUR })).timeless);
    expect(told).toEqual([2, 0]);
  });

  it('of several files that are read together are told once', async () => {
    for (const day of [0, 1, 2]) {
      const name = `log/f${day}.parquet`;
      await world.parquet(
        name,
        `SELECT 'a${day}' || i AS id, NULL::TIMESTAMP AS ts, 0.5::DOUBLE AS p FROM range(10) t(i)`,
      );
      await dated(name, MAY + day * 24 * HOUR + HOUR);
    }
    const told: number[] = [];
    for (const day of [0, 1, 2])
      told.push(
        (await world.observe(watched(), { from: MAY + day * 24 * HOUR, to: MAY + (day + 1) * 24 * HOUR })).timeless,
      );
    expect(told.reduce((sum, one) => sum + one, 0)).toBe(30);
  });
});

it('what comes in while it is read is read the next time', async () => {
  const part = (
    name: string,
  ) => `SELECT '${name}' || i AS id, TIMESTAMP '2001-05-01 00:30:00' AS ts, 1.0::DOUBLE AS distance,
    'ATL' AS origin, 0.5::DOUBLE AS p FROM range(20000) t(i)`;
  const old = async (name: string) => utimes(await world.parquet(name, part(name)), 1e9, 1e9);
  await old('log/a.parquet');
  await old('b.parquet');
  const reading = world.observe(watched(), hour(0));
  await rename(world.file('b.parquet'), world.file('log/b.parquet'));
  const seen = await reading;
  const isKnown = seen.stamp === (await world.source.stamp(watched(), hour(0)));
  expect(seen.profile.rows).toBe(isKnown ? 40_000 : 20_000);
  expect((await world.observe(watched(), hour(0))).profile.rows).toBe(40_000);
});

it('holds fewer windows at once where they have more cells', () => {
  const wide = {
    ...reference,
    columns: Array.from({ length: 100 }, () => makeProfile('x', [1], { kind: 'numeric', low: 0, width: 1 })),
  };
  const few = windowsInSheet({ ...wide, columns: wide.columns as never }, HOUR);
  expect(few).toBeGreaterThan(5);
  expect(few * 100 * 1000).toBeLessThanOrEqual(1_000_000);
  const seasonal = { by: 'hour-of-week', groups: [{ key: '0', rows: 1, columns: wide.columns }] };
  expect(windowsInSheet({ ...reference, groups: [seasonal] }, 168 * HOUR)).toBe(1);
  expect(windowsInSheet({ ...reference, groups: [seasonal] }, HOUR)).toBeGreaterThan(40);
});
