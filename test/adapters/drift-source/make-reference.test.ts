import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeReference } from '../../../src/adapters/drift-source/make-reference.ts';
import { profilePartition } from '../../../src/adapters/drift-source/profile-partition.ts';
import { lasting } from '../../../src/adapters/drift-source/reference-rows.ts';
import type { Measure, ReferenceProfile } from '../../../src/domain/drift/profile.ts';
import type { Column, Dataset, Model } from '../../../src/domain/spec/valid.ts';
import { fakeModel } from '../../serve/fake-runtime.ts';

const DAY = 86_400_000;
/** A Monday. */
const START = Date.UTC(2001, 0, 1);
const ROWS = 14_000;
const HOLDOUT = 4_000;

const column = (name: string, type: Column['type'], more: Partial<Column> = {}): Column => ({
  name,
  type,
  nullable: true,
  pii: false,
  ...more,
});

const dataset: Dataset = {
  kind: 'Dataset',
  name: 'flights',
  path: 'flights.yaml',
  source: { uri: 'file:flights.parquet', format: 'parquet' },
  columns: [
    column('at', 'timestamp'),
    column('a', 'float'),
    column('b', 'float'),
    column('c', 'float'),
    column('skewed', 'float'),
    column('origin', 'category'),
    column('note', 'text'),
    column('name', 'category', { pii: true }),
    column('embedding', 'tensor', { shape: [4] }),
    column('image', 'tensor', { shape: [2, 2] }),
    column('late', 'boolean', { role: 'label' }),
  ],
  splits: { train: 'true', holdout: 'true' },
  checks: [],
};

const model: Model = {
  ...fakeModel(),
  signature: {
    ...fakeModel().signature,
    inputs: [
      { name: 'a', column: 'a', type: 'float' },
      { name: 'b', column: 'b', type: 'float' },
      { name: 'c', column: 'c', type: 'float' },
      { name: 's', column: 'skewed', type: 'float' },
      { name: 'o', column: 'origin', type: 'string' },
      { name: 'n', column: 'note', type: 'string' },
      { name: 'p', column: 'name', type: 'string' },
      { name: 'e', column: 'embedding', type: 'float', shape: [4] },
      { name: 'i', column: 'image', type: 'float', shape: [2, 2] },
    ],
  },
  evaluate: {
    ...fakeModel().evaluate,
    slices: [
      { kind: 'column', column: 'origin' },
      { kind: 'column', column: 'late' },
    ],
  },
};

/** Two weeks of rows, a minute and a half apart; b follows a, and of a every day has its own level. */
const rowsSql = (rows: number) => `SELECT
    epoch_ms(CAST(${START} + i * ${Math.floor((14 * DAY) / rows)} AS BIGINT)) AS at,
    u * 10 + 3 * (i * 14 // ${rows} % 2) AS a, u * 20 + v AS b, w * 5 AS c, exp(u * 12) AS skewed,
    ['ATL', 'ORD', 'SFO'][1 + i % 3] AS origin,
    ['Late again', 'gate 12 was late', NULL][1 + i % 3] AS note, 'passenger ' || i AS name,
    [u, 2 * u, v / 10, 1.0] AS embedding, [u, v, w, 1.0] AS image, i % 3 = 0 AS late
  FROM (SELECT i, (i * 7919 % 10007) / 10007 AS u, (i * 104729 % 9973) / 9973 AS v, (i * 1299709 % 9967) / 9967 AS w
        FROM range(${rows}) t(i)) ORDER BY i`;

let folder: string;
let reference: ReferenceProfile;
let trainFile: string;
let holdoutFile: string;

async function run(sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}

/** The prediction is sure of rows from ATL, which are late, and knows nothing of the others. */
const predictions = (rows: number) =>
  Float64Array.from({ length: rows }, (_, i) => (i % 3 === 0 ? 0.9 : 0.3 + (i % 100) / 1000));
const labels = (rows: number) => Float64Array.from({ length: rows }, (_, i) => Number(i % 3 === 0));

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  trainFile = path.join(folder, 'train.parquet');
  holdoutFile = path.join(folder, 'holdout.parquet');
  await run(`COPY (${rowsSql(ROWS)}) TO '${trainFile}'`);
  await run(`COPY (${rowsSql(HOLDOUT)}) TO '${holdoutFile}'`);
  reference = await makeReference({
    trainFile,
    holdoutFile,
    model,
    dataset,
    predictions: predictions(HOLDOUT),
    labels: labels(HOLDOUT),
    promised: [{ metric: 'roc_auc', value: 0.7, lower: 0.68, upper: 0.72 }],
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const found = (name: string) => reference.columns.find((one) => one.column === name)!;

describe('the reference', () => {
  it('has each input as it can be watched', () => {
    expect(reference).toMatchObject({ version: 2, rows: ROWS, promised: [{ metric: 'roc_auc' }], loss: 'log_loss' });
    expect(reference.columns.map(({ column: name, kind, measure }) => [name, kind, measure.of])).toEqual([
      ['a', 'numeric', 'value'],
      ['b', 'numeric', 'value'],
      ['c', 'numeric', 'value'],
      ['skewed', 'numeric', 'value'],
      ['origin', 'categorical', 'value'],
      ['note.length', 'numeric', 'length'],
      ['note.words', 'categorical', 'words'],
      ['name.length', 'numeric', 'length'],
      ['embedding.norm', 'numeric', 'norm'],
      ['embedding.pc1', 'numeric', 'component'],
      ['embedding.pc2', 'numeric', 'component'],
      ['image.norm', 'numeric', 'norm'],
      ['inputs.reconstruction', 'numeric', 'reconstruction'],
    ]);
    expect(found('origin')).toMatchObject({
      rows: ROWS,
      counts: [
        ['ATL', 4667],
        ['ORD', 4667],
        ['SFO', 4666],
      ],
      unseen: 0,
    });
    expect(found('note.words')).toMatchObject({
      counts: [
        ['12', 4667],
        ['again', 4667],
        ['gate', 4667],
        ['late', 9334],
        ['was', 4667],
      ],
      other: 0,
      unseen: 0,
    });
    expect(found('skewed')).toMatchObject({ scale: { asinh: expect.any(Number) } });
    expect(found('a')).not.toHaveProperty('scale');
  });

  it('keeps nothing that people could be told by', () => {
    expect(JSON.stringify(reference)).not.toContain('passenger');
  });

  it('knows how much days differ', () => {
    // 3 of a spread of 10 / √12, every other day.
    expect(found('a').overDispersion!.ratio).toBeGreaterThan(10);
    expect(found('c').overDispersion!.ratio).toBeLessThan(2);
    expect(reference.prediction.overDispersion!.rows).toBe(HOLDOUT / 64);
  });

  it('lets no order of rows hide a shift where rows have no times', () => {
    const sorted = { ratio: 1000, rows: 500, growth: 1 };
    expect(lasting(sorted, undefined)).toEqual({ ratio: 10, rows: 500, growth: 0 });
    expect(lasting(sorted, 3600)).toEqual({ ...sorted, seconds: 3600 });
  });

  it('projects embeddings on the directions in which they vary', () => {
    const { measure } = found('embedding.pc1') as { measure: Extract<Measure, { of: 'component' }> };
    const [x, y, z, constant] = measure.weights as [number, number, number, number];
    expect(y / x).toBeCloseTo(2, 2);
    expect(Math.hypot(x, y, z, constant)).toBeCloseTo(1, 9);
    expect(constant).toBeCloseTo(0, 9);
  });

  it('reconstructs what goes together: a and b need one component', () => {
    const { measure } = found('inputs.reconstruction') as { measure: Extract<Measure, { of: 'reconstruction' }> };
    expect(measure.columns.map(({ column: name }) => name)).toEqual(['a', 'b', 'c', 'skewed']);
    expect(measure.components.length).toBeLessThan(4);
    expect(found('inputs.reconstruction').rows).toBe(ROWS / 2);
  });

  it('has the outcomes of the holdout, how right they are, and where they are wrong', () => {
    expect(reference.prediction).toMatchObject({ column: 'prediction', low: 0, rows: HOLDOUT, under: 0, over: 0 });
    expect(reference.confidence).toMatchObject({ column: 'confidence', rows: HOLDOUT });
    expect(reference.calibration!.at(-1)).toEqual([0.9, 1]);
    const losses = found('origin').losses!;
    expect(losses.map(({ cell }) => cell)).toEqual(['ATL', 'ORD', 'SFO']);
    expect(losses[0]!.loss).toBeCloseTo(-Math.log(0.9), 9);
    expect(losses[1]!.loss).toBeGreaterThan(losses[0]!.loss);
    expect(found('a').losses!.reduce((sum, { rows }) => sum + rows, 0)).toBe(HOLDOUT);
  });

  it('is made hour by hour of the week, and by what slices name', () => {
    expect(reference.groups.map(({ by, groups }) => [by, groups.length])).toEqual([
      ['hour-of-week', 168],
      ['origin', 3],
    ]);
    const [hours, origins] = reference.groups as [
      ReferenceProfile['groups'][number],
      ReferenceProfile['groups'][number],
    ];
    expect(hours.groups.reduce((sum, { rows }) => sum + rows, 0)).toBe(ROWS);
    expect(hours.groups[0]!.columns.map(({ column: name }) => name)).toContain('prediction');
    expect(origins.groups[0]).toMatchObject({ key: 'ATL', rows: 4667 });
    expect(origins.groups[0]!.columns.map(({ column: name }) => name)).not.toContain('origin');
    const answered = origins.groups[0]!.columns.find(({ column: name }) => name === 'prediction')!;
    expect(answered).toMatchObject({ rows: 1334, bins: [[89, 1334]] });
  });

  it('is what the training rows look like when they come in production', async () => {
    const { windows } = await profilePartition({
      relation: `read_parquet('${trainFile}')`,
      uri: 'train',
      stamp: '1',
      columns: { nameOf: (name) => name },
      timestamp: `epoch_ms("at")`,
      windowMs: 28 * DAY,
      reference,
      model,
    });
    const parts = windows.flatMap(({ profile }) => profile.columns);
    for (const { measure, overDispersion, seasonDispersion, losses, ...profile } of reference.columns) {
      if (measure.of === 'reconstruction') continue;
      const all = parts.filter((one) => one.column === profile.column);
      expect(all.reduce((sum, one) => sum + one.rows, 0)).toBe(profile.rows);
      if (all.length === 1) expect(all[0]).toEqual(profile);
    }
  });

  it('maps predictions to the rows that they are of', async () => {
    const places = Int32Array.from({ length: HOLDOUT / 2 }, (_, i) => 2 * i + 1);
    const some = await makeReference({
      trainFile: holdoutFile,
      holdoutFile,
      places,
      model,
      dataset,
      predictions: Float64Array.from(places, (place) => predictions(HOLDOUT)[place]!),
      labels: Float64Array.from(places, (place) => labels(HOLDOUT)[place]!),
      promised: [],
    });
    const origin = some.columns.find((one) => one.column === 'origin')!;
    expect(origin.losses![0]!.loss).toBeCloseTo(-Math.log(0.9), 9);
    expect(origin.losses!.reduce((sum, { rows }) => sum + rows, 0)).toBe(places.length);
  });

  it('refuses a training file without an input', async () => {
    const file = path.join(folder, 'short.parquet');
    await run(`COPY (SELECT 1 AS a) TO '${file}'`);
    await expect(
      makeReference({
        trainFile: file,
        holdoutFile,
        model,
        dataset,
        predictions: new Float64Array(0),
        labels: new Float64Array(0),
        promised: [],
      }),
    ).rejects.toMatchObject({ code: 'config/data-invalid' });
  });
});
