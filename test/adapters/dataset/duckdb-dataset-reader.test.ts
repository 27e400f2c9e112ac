import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDuckdbDatasetReader } from '../../../src/adapters/dataset/create-duckdb-dataset-reader.ts';
import { createRowsDigest } from '../../../src/agent/evaluate/rows-digest.ts';
import { toColumn } from '../../../src/domain/data/batch-values.ts';
import type { ColumnBatch } from '../../../src/domain/data/column-batch.ts';
import type { Column, Dataset } from '../../../src/domain/spec/valid.ts';

let folder: string;
let root: string;

const CSV = [
  'day,city,amount,tag',
  '2024-01-01,Bern,1.5,a',
  '2024-01-02,Basel,2.5,b',
  '2024-01-03,Bern,,c',
  '2024-01-04,Chur,4,d',
  '2024-01-05,Bern,5,e',
  '2024-01-06,Basel,6,f',
].join('\n');

const column = (name: string, type: Column['type'], more: Partial<Column> = {}): Column => ({
  name,
  type,
  nullable: true,
  pii: false,
  ...more,
});

const sales = (more: Partial<Dataset> = {}): Dataset => ({
  kind: 'Dataset',
  name: 'sales',
  path: 'data/sales.yaml',
  source: { uri: 'file:shop/sales.csv', format: 'csv' },
  columns: [
    column('day', 'timestamp'),
    column('city', 'category'),
    column('amount', 'float'),
    column('large', 'boolean', { sql: 'amount > 4', role: 'label' }),
    column('weekday', 'integer', { sql: 'isodow(CAST(day AS DATE))' }),
  ],
  splits: { train: "day < '2024-01-05'", holdout: "day >= '2024-01-05'" },
  checks: [],
  ...more,
});

const flights = (): Dataset => ({
  kind: 'Dataset',
  name: 'flights',
  path: 'data/flights.yaml',
  source: { uri: 'file:flights-3m.parquet', format: 'parquet' },
  window: { column: 'date', from: '2001-01-01', to: '2001-02-01' },
  columns: [
    column('date', 'timestamp'),
    column('hour', 'integer', { sql: 'hour(date)' }),
    column('distance', 'integer'),
    column('origin', 'category'),
    column('late', 'boolean', { sql: 'delay > 15', role: 'label' }),
  ],
  splits: { train: 'date < window_to - INTERVAL 7 DAY', holdout: 'date >= window_to - INTERVAL 7 DAY' },
  checks: [],
});

const reader = (more: { allow?: string[]; checkout?: string } = {}) =>
  createDuckdbDatasetReader({ dataRoot: root, ...more });
const flightReader = () => createDuckdbDatasetReader({ dataRoot: path.resolve('node_modules/vega-datasets/data') });

async function rowsOf(batches: AsyncIterable<ColumnBatch>): Promise<ColumnBatch[]> {
  const all: ColumnBatch[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  root = path.join(folder, 'data');
  await mkdir(path.join(root, 'shop'), { recursive: true });
  await writeFile(path.join(root, 'shop/sales.csv'), CSV);
  await writeFile(path.join(folder, 'secret.csv'), CSV);
  await symlink(path.join(folder, 'secret.csv'), path.join(root, 'shop/link.csv'));
  await writeFile(
    path.join(root, 'shop/sales.jsonl'),
    '{"day":"2024-01-01","city":"Bern","amount":1}\n{"day":"2024-01-09","city":null,"amount":9}\n',
  );
  await writeFile(
    path.join(root, 'shop/pointer.csv'),
    'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n',
  );
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a dataset in a CSV file', () => {
  it('is read split by split with computed columns, in the order of the file', async () => {
    const target = path.join(folder, 'train.parquet');
    expect(await reader().materialise(sales(), 'train', target)).toEqual({ rows: 4 });
    const batches = await rowsOf(reader().scan(target, ['day', 'city', 'amount', 'large', 'weekday'], 3));
    expect(batches.map((batch) => batch.rows)).toEqual([3, 1]);
    expect(batches[0]?.columns).toEqual({
      day: toColumn([Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 2), Date.UTC(2024, 0, 3)]),
      city: toColumn(['Bern', 'Basel', 'Bern']),
      amount: toColumn([1.5, 2.5, null]),
      large: toColumn([false, false, null]),
      weekday: toColumn([1, 2, 3]),
    });
    expect(await reader().matches(target, "city = 'Bern' AND amount > 1")).toEqual(Uint8Array.of(1, 0, 0, 0));
    await expect(rowsOf(reader().scan(target, ['nobody'], 3))).rejects.toMatchObject({ code: 'config/data-invalid' });
  });

  it('is reported with what it breaks, and against the version before', async () => {
    const declared = sales({
      columns: [
        column('day', 'timestamp', { nullable: false }),
        column('city', 'category', { maxCategories: 2 }),
        column('amount', 'float', { nullable: false, min: 2, max: 5 }),
        column('tag', 'text', { pii: true }),
        column('gone', 'integer'),
      ],
      splits: { train: "day < '2024-01-05'", holdout: "day >= '2024-01-04'", later: "day > '2030-01-01'" },
      checks: [
        { kind: 'rows', min: 10 },
        { kind: 'unique', columns: ['city'] },
        { kind: 'drift', max: 0.3 },
      ],
    });
    const before = sales({
      window: { column: 'day', from: '2024-01-01', to: '2024-01-03' },
      columns: [
        column('day', 'timestamp'),
        column('city', 'category'),
        column('amount', 'float'),
        column('old', 'text', { sql: 'tag' }),
      ],
    });
    const report = await reader().inspect(declared, before);
    expect(report.rows).toBe(6);
    expect(report.previousRows).toBe(2);
    expect(report.splits).toEqual([
      { name: 'train', rows: 4 },
      { name: 'holdout', rows: 3 },
      { name: 'later', rows: 0 },
    ]);
    expect(report.columns.map((one) => one.name)).toEqual(['day', 'city', 'amount', 'gone']);
    // Shares of Bern, Basel, Chur: 3/6, 2/6, 1/6 now; 1/2, 1/2, 0 before.
    expect(report.columns[1]).toEqual({
      name: 'city',
      type: 'category',
      nulls: 0,
      distinct: 3,
      drift: expect.closeTo(1 / 6),
    });
    // CDFs at 2.5: (1 missing + 2)/6 now, 2/2 before.
    expect(report.columns[2]).toEqual({
      name: 'amount',
      type: 'float',
      nulls: 1,
      distinct: 5,
      min: '1.5',
      max: '6.0',
      drift: 0.5,
    });
    expect(report.schemaChanges).toEqual([
      'column day may no longer be missing',
      'column amount may no longer be missing',
      'column tag (text) is new',
      'column gone (integer) is new',
      'column old (text) is gone',
    ]);
    expect(report.violations).toEqual([
      'column gone is not in the source',
      'column city: 3 categories, at most 2 are declared',
      'column amount: 1 values are missing, none may be',
      'column amount: 1 values are below 2',
      'column amount: 1 values are above 5',
      '1 rows are in both splits train and holdout',
      'split later has no rows',
      '6 rows, at least 10 are required',
      '3 rows repeat an earlier city',
      'column amount moved by 0.500 against the version before, at most 0.3 is allowed',
    ]);
  });

  it('refuses splits that overlap, a column that is not there, a value of another type', async () => {
    const target = path.join(folder, 'never.parquet');
    const overlapping = sales({ splits: { train: "day < '2024-01-05'", holdout: "day >= '2024-01-04'" } });
    await expect(reader().materialise(overlapping, 'holdout', target)).rejects.toThrow(
      '1 rows are in both holdout and train',
    );
    const lacking = sales({ columns: [column('nobody', 'text')] });
    await expect(reader().materialise(lacking, 'train', target)).rejects.toThrow(
      'no column nobody (it has: day, city, amount, tag)',
    );
    const wrong = sales({ columns: [column('day', 'timestamp'), column('city', 'integer')] });
    await expect(reader().materialise(wrong, 'train', target)).rejects.toMatchObject({ code: 'config/data-invalid' });
    await expect(readFile(target)).rejects.toThrow('ENOENT');
  });
});

describe('the version before', () => {
  it.each([
    ['is gone', { uri: 'file:shop/none.csv', format: 'csv' as const }, 'there is no file at'],
    [
      'was written over',
      { uri: 'file:shop/sales.csv', format: 'csv' as const, sha256: '0'.repeat(64) },
      'holds sha256',
    ],
  ])('%s: nothing is compared with it, and the report says so', async (_, source, why) => {
    const report = await reader().inspect(sales(), sales({ source }));
    expect(report.previousRows).toBeUndefined();
    expect(report.columns.some(({ drift }) => drift !== undefined)).toBe(false);
    expect(report.schemaChanges.at(-1)).toMatch(new RegExp(`^the version before cannot be read: .*${why}`));
  });
});

describe('JSON lines', () => {
  it('are read too', async () => {
    const target = path.join(folder, 'lines.parquet');
    const lines = sales({
      source: { uri: 'file:shop/sales.jsonl', format: 'jsonl' },
      columns: sales().columns.slice(0, 3),
    });
    expect(await reader().materialise(lines, 'holdout', target)).toEqual({ rows: 1 });
    const [batch] = await rowsOf(reader().scan(target, ['city', 'amount'], 10));
    expect(batch?.columns).toEqual({ city: { kind: 'texts', values: [null] }, amount: toColumn([9]) });
  });
});

describe('where the data may be', () => {
  const at = (uri: string) => sales({ source: { uri, format: 'csv' } });

  it.each([
    ['file:../secret.csv', 'config/data-not-allowed'],
    ['file:shop/../../secret.csv', 'config/data-not-allowed'],
    ['file:/etc/passwd', 'config/data-not-allowed'],
    ['file:shop/link.csv', 'config/data-not-allowed'],
    ['file:shop', 'config/data-invalid'],
    ['file:shop/none.csv', 'external/data'],
    ['file:shop/pointer.csv', 'config/data-invalid'],
    ['s3://bucket/sales.csv', 'config/environment'],
    ['data/sales.csv', 'config/environment'],
  ])('%s → %s', async (uri, code) => {
    await expect(reader().digest(at(uri))).rejects.toMatchObject({ code });
  });

  it('is a repository path when there is a checkout', async () => {
    expect(await reader({ checkout: folder }).digest(at('secret.csv'))).toBe(
      `sha256:${createHash('sha256').update(CSV).digest('hex')}`,
    );
  });

  it('is what the policy allows', async () => {
    await expect(reader({ allow: ['file:other/'] }).digest(at('file:shop/sales.csv'))).rejects.toMatchObject({
      code: 'config/data-not-allowed',
    });
    for (const allow of ['file:shop/', 'file:shop', 'file:shop/sales.csv']) {
      await reader({ allow: [allow] }).digest(at('file:shop/sales.csv'));
    }
  });

  it.each(['file:sh', 'file:shop/sales', 'shop'])('is not what only begins with the letters of %s', async (prefix) => {
    await expect(reader({ allow: [prefix] }).digest(at('file:shop/sales.csv'))).rejects.toMatchObject({
      code: 'config/data-not-allowed',
    });
  });

  it('holds what the spec declares', async () => {
    const wrong = sales({ source: { uri: 'file:shop/sales.csv', format: 'csv', sha256: '0'.repeat(64) } });
    await expect(reader().materialise(wrong, 'train', path.join(folder, 'x.parquet'))).rejects.toThrow(
      'the spec declares sha256:0000',
    );
  });
});

describe('SQL of authors', () => {
  const splitBy = (holdout: string) => sales({ splits: { train: "day < '2024-01-05'", holdout } });
  const read = (holdout: string) => reader().materialise(splitBy(holdout), 'holdout', path.join(folder, 'sql.parquet'));

  it.each([
    "day >= '2024-01-05'",
    "day >= '2024-01-05' -- a comment",
    'CASE WHEN amount BETWEEN 5 AND 6 THEN true ELSE false END',
    "coalesce(large, false) AND city NOT IN ('Chur') AND city LIKE 'B%'",
    "day >= DATE '2024-01-01' + INTERVAL 4 DAY",
    'extract(day from day) >= 5',
    "extract(epoch from day AT TIME ZONE 'UTC') > 1704400000",
  ])('%j is one expression', async (text) => {
    expect(await read(text)).toEqual({ rows: 2 });
  });

  it.each([
    '',
    'amount > (SELECT 1)',
    "EXISTS (FROM read_csv('/etc/passwd'))",
    'city IN (SELECT city FROM other)',
    'amount > 1; DROP TABLE x',
    'amount > 1) OR (true',
    'true) --',
    'true FROM other',
    'true AS city',
    'true, false',
    '*',
    'COLUMNS(*) > 1',
    "getenv('HOME') = 'x'",
    "current_setting('memory_limit') = 'x'",
    'random() > 0.5',
    'day < now()',
    'day < current_date',
    'nobody > 1',
    'rowid > 1',
    'sum(amount) > 1',
    'row_number() OVER () > 1',
    'list_sum(range(1000000000)) > 1',
    '$1',
    "other_schema.lower(city) = 'x'",
    "system.main.lower(city) = 'x'",
    "information_schema.lower(city) = 'x'",
    "main.getenv('HOME') = 'x'",
    "pg_catalog.current_setting('memory_limit') = 'x'",
    '/* open',
    "'open",
  ])('%j is refused', async (text) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'config/data-invalid',
      message: expect.stringContaining('split holdout'),
    });
  });

  it('is checked in computed columns and slices alike', async () => {
    const computed = sales({ columns: [...sales().columns, column('x', 'text', { sql: '(SELECT 1)' })] });
    await expect(reader().inspect(computed)).rejects.toThrow(
      'the SQL of column x is not accepted: subquery is not allowed',
    );
    const target = path.join(folder, 'slices.parquet');
    await reader().materialise(sales(), 'train', target);
    await expect(reader().matches(target, 'nobody > 1')).rejects.toThrow('there is no column nobody');
  });
});

describe('three million flights', () => {
  it('are split by the window, the same rows each time', async () => {
    const digests = [createRowsDigest(), createRowsDigest()];
    for (const [index, digest] of digests.entries()) {
      const target = path.join(folder, `flights-${index}.parquet`);
      // Counted apart: SELECT count(*) FROM flights WHERE date >= '2001-01-25' AND date < '2001-02-01'.
      expect(await flightReader().materialise(flights(), 'holdout', target)).toEqual({ rows: 114_670 });
      for await (const batch of flightReader().scan(target, ['date', 'hour', 'origin', 'late'], 50_000)) {
        digest.add(batch);
      }
    }
    expect(digests[0]?.digest()).toBe(digests[1]?.digest());
  });
});
