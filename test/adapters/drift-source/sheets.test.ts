import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { windowsInSheet } from '../../../src/adapters/drift-source/cache/sheets.ts';
import { profilePartitions } from '../../../src/adapters/drift-source/profile-partitions.ts';
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
