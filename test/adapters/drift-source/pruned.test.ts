// What a monitor reads of posted observations is the same after those were removed that it does not need.
import { mkdir, utimes } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createObservations } from '../../../src/adapters/observations/create-observations.ts';
import { neededObservations } from '../../../src/domain/monitor/needed-observations.ts';
import type { Observations } from '../../../src/ports/observations.ts';
import { DAY, HOUR, MAY, openWorld, type World } from './source-world.ts';

let world: World;
let observations: Observations;
beforeEach(async () => {
  world = await openWorld({ pruneObservations: (of, needed, now) => observations.prune(of, needed, now) });
  observations = createObservations({
    folder: world.places.observationsRoot,
    parts: { write: async () => undefined, close: async () => undefined },
    claim: async () => async () => undefined,
    keepMs: 0,
    onError: (error) => {
      throw error;
    },
  });
});
afterEach(async () => {
  await observations.close();
  await world.close();
});

const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);

async function part(name: string, select: string, writtenAt: number): Promise<void> {
  const file = path.join(world.places.observationsRoot, 'acme/flights/flights-live', name);
  await mkdir(path.dirname(file), { recursive: true });
  await world.run(`COPY (${select}) TO '${file}' (FORMAT parquet)`);
  await utimes(file, new Date(writtenAt), new Date(writtenAt));
}

/** Ten answers at noon of that day, and their truth the day after. */
async function post(from: number): Promise<void> {
  const noon = `TIMESTAMP '${dayOf(from)} 12:00:00'`;
  const id = `'${dayOf(from)}-' || i AS id`;
  const answers = `SELECT ${id}, ${noon} AS at, ${noon} AS received_at, '1.0.0' AS version, 0.8 AS prediction,
    1.0 AS in_distance, 'ATL' AS in_origin FROM range(10) t(i)`;
  await part(`log/dt=${dayOf(from)}/part-a.parquet`, answers, from + 13 * HOUR);
  const labels = `SELECT ${id}, '1' AS label, ${noon} AS at, ${noon} + INTERVAL 1 DAY AS received_at FROM range(10) t(i)`;
  await part(`labels/part-${dayOf(from)}.parquet`, labels, from + 36 * HOUR);
}

it('has the same stamps and rows, and begins later', async () => {
  const now = MAY + 200 * DAY;
  for (const ago of [190, 150, 149, 80, 60, 30, 2]) await post(now - ago * DAY);
  const watched = world.watch({ kind: 'observations' });
  const oldest = { from: now - 60 * DAY, to: now - 59 * DAY };
  const reference = { from: now - 150 * DAY, to: now - 149 * DAY };
  const read = async () => [await world.observe(watched, oldest), await world.source.stamp(watched, oldest)];
  const before = await read();
  expect(before[0]).toMatchObject({ profile: { rows: 10 }, labelled: { labels: { length: 10 } } });
  const span = { from: dayOf(reference.from), to: dayOf(reference.to) };
  const monitor = { ...watched.monitor, reference: span };
  const needed = neededObservations(monitor, { now, windows: 60, oldest: oldest.from });
  expect(await world.source.prune(watched, needed, now)).toEqual({ days: 3, files: 7, bytes: expect.any(Number) });
  expect(await read()).toEqual(before);
  expect(await world.again().stamp(watched, oldest)).toBe(before[1]);
  expect((await world.observe(watched, reference)).profile.rows).toBe(10);
  expect((await world.source.extent(watched))?.first).toBe(reference.from + 12 * HOUR);
  expect(await world.source.prune(world.watch({ kind: 'serving' }), needed, now + DAY)).toBeUndefined();
});
