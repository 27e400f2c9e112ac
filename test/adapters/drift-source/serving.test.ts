import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openInferenceLog, openLabelLog } from '../../../src/adapters/inference-log/inference-log.ts';
import type { LoggedPrediction } from '../../../src/ports/inference-log.ts';
import { DAY, MAY, model, openWorld, reference, type World } from './source-world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const serving = () => world.watch({ kind: 'serving' });
const folder = () => path.join(world.places.servingRoot, 'acme/flights/production');
const observe = (day: number, days = 1) =>
  world.observe(serving(), { from: MAY + day * DAY, to: MAY + (day + days) * DAY });

async function log(count: number, day: number, change: Partial<LoggedPrediction> = {}, to = folder()) {
  const opened = await openInferenceLog(to);
  await opened.append(
    Array.from({ length: count }, (_, i) => ({
      id: `${day}-${i}`,
      at: MAY + day * DAY + i,
      receivedAt: MAY + day * DAY + i,
      deployment: 'production',
      version: 'v1.0.0',
      inputs: { distance: i % 5, origin: ['ATL', 'ORD', 'SFO'][i % 3]! },
      prediction: (i % 10) / 10,
      confidence: 0.9,
      latencyMs: 1,
      ...change,
    })),
  );
  await opened.close();
}

describe('the log of an inference server', () => {
  it('is read by days, whatever else lies there', async () => {
    await log(9, 0);
    await log(6, 1);
    expect(await observe(1)).toMatchObject({ profile: { rows: 6, versions: [['v1.0.0', 6]] }, malformed: [] });
    expect((await observe(0, 2)).profile.rows).toBe(15);
    expect((await observe(5)).profile.rows).toBe(0);
    expect(await world.source.extent(serving())).toEqual({ first: MAY, last: MAY + DAY + 5 });
    // Nothing of it can be read elsewhere.
    expect(await world.source.pending(serving(), { from: MAY, to: MAY + DAY }, reference)).toEqual([]);
  });

  it('tells answers from failures, and a request that was tried again is both', async () => {
    await log(6, 0);
    await log(2, 0, { prediction: null, error: 'config/model-invalid', inputs: {} });
    const { profile, duplicates } = await observe(0);
    expect(profile).toMatchObject({ rows: 6, errors: 2 });
    expect(profile.columns.map(({ rows, nulls }) => [rows, nulls])).toEqual([
      [6, 0],
      [6, 0],
    ]);
    expect(duplicates).toBe(0);
  });

  it('shows a column that is not logged any more, and one of nothing but nulls as what it is', async () => {
    await log(6, 0, { inputs: { distance: 1 } });
    await log(6, 1, { inputs: { distance: null, origin: null } });
    expect((await observe(0)).profile.columns.map(({ column }) => column)).toEqual(['distance']);
    const { profile } = await observe(1);
    expect(profile.columns.map(({ nulls }) => nulls)).toEqual([6, 6]);
    expect(profile.types).toEqual([
      ['distance', ['DOUBLE']],
      ['origin', ['VARCHAR']],
    ]);
  });

  it('counts rows once that were logged twice, where they are in one file', async () => {
    const opened = await openInferenceLog(folder());
    const record = (id: string, at: number, distance: number): LoggedPrediction => ({
      ...{ id, at, receivedAt: at, deployment: 'production', version: 'v1.0.0' },
      ...{ inputs: { distance, origin: 'ATL' }, prediction: 0.5, latencyMs: 1 },
    });
    await opened.append([record('a', MAY, 1), record('a', MAY + 2, 3), record('b', MAY, 1), record('a', MAY + 1, 2)]);
    await opened.close();
    const { profile, duplicates } = await observe(0);
    expect([profile.rows, duplicates]).toEqual([2, 2]);
    expect(profile.columns[0]).toMatchObject({
      bins: [
        [1, 1],
        [3, 1],
      ],
    });
  });

  it('leaves out files that are broken, in the footer or inside, and says so', async () => {
    await log(400, 0);
    await log(400, 0);
    const day = path.join(folder(), 'log/dt=2001-05-01');
    const old = new Date(1e12);
    await writeFile(path.join(day, 'part-aaa.parquet'), 'no parquet at all');
    await world.run(`COPY (SELECT 1 AS x) TO '${path.join(day, 'part-other.parquet')}'`);
    for (const name of ['part-aaa.parquet', 'part-other.parquet']) await utimes(path.join(day, name), old, old);
    const seen = await observe(0);
    expect(seen.profile.rows).toBe(800);
    expect(seen.malformed.map(({ file }) => path.basename(file)).sort()).toEqual([
      'part-aaa.parquet',
      'part-other.parquet',
    ]);
    expect(seen.malformed.find(({ file }) => file.endsWith('part-other.parquet'))!.reason).toBe(
      'it has no column at, id, received_at, version, prediction',
    );
    // A sound footer over a damaged page: only reading it shows.
    const [sound] = (await readdir(day)).sort();
    const file = path.join(day, sound!);
    const bytes = await readFile(file);
    bytes.fill(0xff, 8, Math.floor(bytes.length * 0.6));
    await writeFile(file, bytes);
    await utimes(file, old, old);
    const after = await observe(0);
    expect(after.profile.rows).toBe(400);
    expect(after.malformed).toHaveLength(3);
    for (const { reason } of after.malformed) expect(reason).not.toContain(world.root);
  });
});

it('reads what was posted to a monitor, after it is made readable', async () => {
  const flushed: unknown[] = [];
  await world.close();
  world = await openWorld({ flushObservations: async (of) => void flushed.push(of) });
  await log(7, 0, {}, path.join(world.places.observationsRoot, 'acme/flights/flights-live'));
  const watched = world.watch({ kind: 'observations' });
  expect((await world.observe(watched, { from: MAY, to: MAY + DAY })).profile.rows).toBe(7);
  expect(flushed).toEqual([{ repository: 'acme/flights', monitor: 'flights-live' }]);
});

describe('labels', () => {
  const pairs = async (day = 0) => {
    const { labelled } = await observe(day);
    return [...labelled.predictions].map((prediction, i) => [prediction, labelled.labels[i]]).sort();
  };

  it('are joined by id: the newest one of a row, and only of rows of the window', async () => {
    await log(3, 0);
    await log(2, 1);
    const labels = await openLabelLog(folder());
    await labels.append([
      { id: '0-0', label: false, at: MAY + DAY, receivedAt: MAY + 1 },
      { id: '0-0', label: true, at: MAY + DAY, receivedAt: MAY + 2 },
      // Received last, but it was known before: a late report of what was corrected since.
      { id: '0-0', label: false, at: MAY + DAY - 1, receivedAt: MAY + 3 },
      { id: '0-2', label: 0, at: MAY + DAY, receivedAt: MAY + 1 },
      { id: '1-0', label: true, at: MAY + DAY, receivedAt: MAY + 1 },
      { id: 'unknown', label: true, at: MAY + DAY, receivedAt: MAY + 1 },
    ]);
    await labels.close();
    expect(await pairs()).toEqual([
      [0, 1],
      [0.2, 0],
    ]);
  });

  it('may come late and be corrected: the stamp says that something came', async () => {
    await log(3, 0);
    const stamp = () => world.source.stamp(serving(), { from: MAY, to: MAY + DAY });
    const give = async (label: boolean, at: number) => {
      const labels = await openLabelLog(folder());
      await labels.append([{ id: '0-1', label, at, receivedAt: at }]);
      await labels.close();
    };
    const before = await stamp();
    expect(await pairs()).toEqual([]);
    await give(true, MAY + 30 * DAY);
    const first = await stamp();
    expect(first).not.toBe(before);
    expect(await pairs()).toEqual([[0.1, 1]]);
    await give(false, MAY + 60 * DAY);
    expect(await stamp()).not.toBe(first);
    expect(await pairs()).toEqual([[0.1, 0]]);
    expect((await observe(0)).stamp).toBe(await stamp());
  });

  it('that cannot be read are left out, and said', async () => {
    await log(3, 0);
    const labels = await openLabelLog(folder());
    await labels.append([{ id: '0-1', label: true, at: MAY + DAY, receivedAt: MAY }]);
    await labels.close();
    await writeFile(path.join(folder(), 'labels/part-x.parquet'), 'broken');
    await world.run(`COPY (SELECT 1 AS id) TO '${path.join(folder(), 'labels/part-y.parquet')}'`);
    const seen = await observe(0);
    expect(seen.labelled.labels).toEqual(Float64Array.of(1));
    expect(seen.malformed.map(({ file }) => file)).toEqual(['labels/part-x.parquet', 'labels/part-y.parquet']);
    expect(await pairs()).toEqual([[0.1, 1]]);
  });

  it('are taken in one fixed order', async () => {
    await log(50, 0);
    const labels = await openLabelLog(folder());
    await labels.append(
      Array.from({ length: 50 }, (_, i) => ({ id: `0-${i}`, label: i % 2 === 0, at: MAY + DAY, receivedAt: MAY })),
    );
    await labels.close();
    const first = (await observe(0)).labelled;
    expect(first.labels).toHaveLength(50);
    expect((await world.again().observe(serving(), { from: MAY, to: MAY + DAY }, reference, model)).labelled).toEqual(
      first,
    );
  });
});
