import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLocalDriftSource } from '../../../src/adapters/drift-source/create-local-drift-source.ts';
import { makeReference } from '../../../src/adapters/drift-source/make-reference.ts';
import { profileParquet } from '../../../src/adapters/drift-source/profile-parquet.ts';
import { openInferenceLog, openLabelLog } from '../../../src/adapters/inference-log/inference-log.ts';
import { judgeWindow } from '../../../src/domain/drift/judge-window.ts';
import { gridOf, makeProfile } from '../../../src/domain/drift/make-profile.ts';
import type { Model } from '../../../src/domain/spec/valid.ts';
import type { LoggedPrediction } from '../../../src/ports/inference-log.ts';
import { fakeModel } from '../../serve/fake-runtime.ts';

const DAY = 86_400_000;
const MAY = Date.UTC(2001, 4, 1);
const LOCATION = { repository: 'acme/flights', deployment: 'production' };
const model: Model = {
  ...fakeModel(),
  signature: {
    ...fakeModel().signature,
    inputs: [
      { name: 'd', column: 'distance', type: 'float' },
      { name: 'o', column: 'origin', type: 'string' },
      { name: 'w', column: 'weekend', type: 'boolean' },
    ],
  },
};

let root: string;
let trainFile: string;

async function run(sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const result = (await connection.runAndReadAll(sql)).getRowObjectsJS();
  connection.closeSync();
  instance.closeSync();
  return result;
}

/** Row i of a fixed series: distances 100…2099, three airports, every fourth a weekend. */
const row = (i: number) => ({
  distance: 100 + ((i * 7919) % 2000),
  origin: ['ATL', 'ORD', 'SFO'][i % 3]!,
  weekend: i % 4 === 0,
});

beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  trainFile = path.join(root, 'train.parquet');
  await run(`COPY (SELECT 100 + (i * 7919) % 2000 AS distance, ['ATL','ORD','SFO'][1 + i % 3] AS origin, i % 4 = 0 AS weekend
             FROM range(6000) t(i)) TO '${trainFile}'`);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const reference = () =>
  makeReference({
    trainFile,
    model,
    predictions: Float64Array.from({ length: 1000 }, (_, i) => i / 1000),
    promised: [{ metric: 'roc_auc', value: 0.7, lower: 0.68, upper: 0.72 }],
  });

const folder = () => path.join(root, LOCATION.repository, LOCATION.deployment);

async function log(
  count: number,
  day: number,
  change: (inputs: Record<string, unknown>, i: number) => object = (inputs) => inputs,
) {
  const to = await openInferenceLog(folder());
  const records = Array.from({ length: count }, (_, i) => ({
    id: `${day}-${i}`,
    at: MAY + day * DAY + i,
    receivedAt: MAY + day * DAY + i,
    deployment: 'production',
    version: 'v1.0.0',
    inputs: change(row(i), i) as LoggedPrediction['inputs'],
    prediction: ((i * 7) % 1000) / 1000,
    latencyMs: 1,
  }));
  await to.append(records);
  await to.close();
}

const observe = async (day: number, days = 1) =>
  createLocalDriftSource({ folder: root }).observe(
    LOCATION,
    { from: MAY + day * DAY, to: MAY + (day + days) * DAY },
    await reference(),
    model,
  );

describe('the reference', () => {
  it('has the model inputs on grids over the training split, and the predictions', async () => {
    const profile = await reference();
    expect(profile).toMatchObject({ version: 1, rows: 6000, promised: [{ metric: 'roc_auc' }] });
    expect(profile.columns.map(({ column, kind, rows }) => [column, kind, rows])).toEqual([
      ['distance', 'numeric', 6000],
      ['origin', 'categorical', 6000],
      ['weekend', 'categorical', 6000],
    ]);
    expect(profile.columns[1]).toMatchObject({
      counts: [
        ['ATL', 2000],
        ['ORD', 2000],
        ['SFO', 2000],
      ],
      unseen: 0,
    });
    expect(profile.columns[2]).toMatchObject({
      counts: [
        ['false', 4500],
        ['true', 1500],
      ],
    });
    // .1 % and 99.9 % of 3 × 100…2099.
    expect(profile.columns[0]).toMatchObject({ low: 101, under: 3 });
    expect(profile.prediction).toMatchObject({ low: 0, rows: 1000, under: 0, over: 0 });
  });

  it('counts in SQL just as in JavaScript, strange values included', async () => {
    const file = path.join(root, 'strange.parquet');
    await run(`COPY (SELECT * FROM (VALUES (1.5, 'a'), (NULL, NULL), ('nan', 'b'), ('inf', 'zzz'), ('-inf', 'a'), (-1e300, 'a''"'), (99.999, ''), (0.1 + 0.2, 'b')) t(x, c))
               TO '${file}'`);
    const values: unknown[] = [
      1.5,
      null,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      -1e300,
      99.999,
      0.3,
    ];
    const numeric = { kind: 'numeric', low: 0.1, width: 0.1 } as const;
    const categorical = { kind: 'categorical', categories: ['', 'a', `a'"`, 'b'], open: false } as const;
    const { columns } = await profileParquet(file, [
      { column: 'x', grid: numeric },
      { column: 'c', grid: { ...categorical, categories: [...categorical.categories] } },
    ]);
    // 0.1 + 0.2 is a DECIMAL in SQL: exactly .3.
    expect(columns[0]).toEqual(makeProfile('x', values, numeric));
    expect(columns[1]).toEqual(
      makeProfile('c', ['a', null, 'b', 'zzz', 'a', `a'"`, '', 'b'], {
        ...categorical,
        categories: [...categorical.categories],
      }),
    );
  });

  it('keeps the 1,000 most frequent categories, and calls the others by one name', async () => {
    const file = path.join(root, 'many.parquet');
    await run(`COPY (SELECT 'c' || (i % 1500) AS c FROM range(4000) t(i)) TO '${file}'`);
    const { columns } = await profileParquet(file, [{ column: 'c', kind: 'categorical' }]);
    expect(columns[0]).toMatchObject({ kind: 'categorical', rows: 4000, unseen: 0, nulls: 0 });
    expect(columns[0]!.kind === 'categorical' && columns[0]!.other).toBe(1000);
    expect(gridOf(columns[0]!)).toMatchObject({ open: true });
  });

  it('refuses a training file without an input', async () => {
    await run(`COPY (SELECT 1 AS distance) TO '${trainFile}'`);
    await expect(reference()).rejects.toMatchObject({ code: 'config/data-invalid' });
  });
});

describe('a window', () => {
  it('is what was logged in it, on the grid of the reference', async () => {
    await log(900, 0);
    await log(600, 1);
    const seen = await observe(1);
    expect(seen).toMatchObject({ rows: 600, versions: ['v1.0.0'], malformed: [] });
    expect(seen.columns[0]).toEqual(
      makeProfile(
        'distance',
        Array.from({ length: 600 }, (_, i) => row(i).distance),
        gridOf((await reference()).columns[0]!),
      ),
    );
    expect(judgeWindow(await reference(), seen, [], { effect: 0.1, ignore: [] }).verdict).toBe('good');
    expect((await observe(0, 2)).rows).toBe(1500);
    expect((await observe(5)).rows).toBe(0);
  });

  it('shows kilometres for miles', async () => {
    await log(900, 0, (inputs) => ({ ...inputs, distance: Number(inputs.distance) * 1.609 }));
    const verdict = judgeWindow(await reference(), await observe(0), [], { effect: 0.1, ignore: [] });
    expect(verdict).toMatchObject({ verdict: 'bad', columns: [{ column: 'distance', drifted: true }, {}, {}] });
    expect(verdict.reasons).toHaveLength(1);
  });

  it('shows a column that is not logged any more', async () => {
    await log(900, 0, ({ origin: _, ...inputs }) => inputs);
    const verdict = judgeWindow(await reference(), await observe(0), [], { effect: 0.1, ignore: [] });
    expect(verdict).toMatchObject({ verdict: 'bad', severe: true, reasons: ['origin: the column is missing'] });
  });

  it('joins labels by id: the newest one of a row, and only of rows of the window', async () => {
    await log(3, 0);
    await log(2, 1);
    const labels = await openLabelLog(folder());
    await labels.append([
      { id: '0-0', label: false, at: MAY + DAY, receivedAt: 1 },
      { id: '0-0', label: true, at: MAY + DAY, receivedAt: 2 },
      { id: '0-2', label: 0, at: MAY + DAY, receivedAt: 1 },
      { id: '1-0', label: true, at: MAY + DAY, receivedAt: 1 },
      { id: 'unknown', label: true, at: MAY + DAY, receivedAt: 1 },
    ]);
    await labels.close();
    const { labelled } = await observe(0);
    const pairs = [...labelled.predictions].map((prediction, i) => [prediction, labelled.labels[i]]);
    expect(pairs.sort()).toEqual([
      [0, 1],
      [0.014, 0],
    ]);
  });

  it('leaves out files that are broken, in the footer or inside, and says so', async () => {
    await log(400, 0);
    await log(400, 0, (inputs) => inputs);
    const day = path.join(folder(), 'log/dt=2001-05-01');
    await writeFile(path.join(day, 'part-aaa.parquet'), 'no parquet at all');
    await run(`COPY (SELECT 1 AS x) TO '${path.join(day, 'part-other.parquet')}'`);
    const [sound] = (await readdir(day)).sort();
    expect(sound).toMatch(/^part-0/);
    const seen = await observe(0);
    expect(seen.rows).toBe(800);
    expect(seen.malformed.map(({ file }) => path.basename(file)).sort()).toEqual([
      'part-aaa.parquet',
      'part-other.parquet',
    ]);
    expect(seen.malformed.find(({ file }) => file.endsWith('part-other.parquet'))!.reason).toContain(
      'it has no column id',
    );
    // A sound footer over a damaged page: only reading it shows.
    const { readFile } = await import('node:fs/promises');
    const file = path.join(day, sound!);
    const bytes = await readFile(file);
    bytes.fill(0xff, 8, Math.floor(bytes.length * 0.6));
    await writeFile(file, bytes);
    const after = await observe(0);
    expect(after.rows).toBe(400);
    expect(after.malformed).toHaveLength(3);
  });
});

it('knows the first and the last event', async () => {
  const source = createLocalDriftSource({ folder: root });
  expect(await source.extent(LOCATION)).toBeUndefined();
  await log(3, 0);
  await log(5, 7);
  await mkdir(path.join(folder(), 'log/dt=2001-06-01'), { recursive: true });
  await writeFile(path.join(folder(), 'log/dt=2001-06-01/part-x.parquet'), 'broken');
  expect(await source.extent(LOCATION)).toEqual({ first: MAY, last: MAY + 7 * DAY + 4 });
});
