import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDuckdbDatasetReader } from '../../../src/adapters/dataset/create-duckdb-dataset-reader.ts';
import { valueAt } from '../../../src/domain/data/batch-values.ts';
import type { Dataset } from '../../../src/domain/spec/valid.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A Parquet file with the columns `id` and `x`, as another program would write it. */
async function parquet(name: string, rows: string[]): Promise<string> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const values = rows.map((row, id) => `SELECT ${id} AS id, ${row} AS x`).join(' UNION ALL ');
  await connection.run(`COPY (${values} ORDER BY id) TO '${path.join(folder, name)}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
  return name;
}

const declared = (file: string, shape: number[], format: 'parquet' | 'jsonl' = 'parquet'): Dataset => ({
  kind: 'Dataset',
  name: 'pictures',
  path: 'data/pictures.yaml',
  source: { uri: `file:${file}`, format },
  columns: [
    { name: 'id', type: 'integer', nullable: false, pii: false },
    { name: 'x', type: 'tensor', shape, nullable: true, pii: false },
  ],
  splits: { train: 'id >= 1000000', holdout: 'id < 1000000' },
  checks: [],
});

async function read(dataset: Dataset, batchRows = 2) {
  const reader = createDuckdbDatasetReader({ dataRoot: folder });
  const target = path.join(folder, 'split.parquet');
  await reader.materialise(dataset, 'holdout', target);
  const found: unknown[] = [];
  for await (const batch of reader.scan(target, ['x'], batchRows))
    for (let row = 0; row < batch.rows; row += 1) found.push(valueAt(batch.columns.x!, row));
  return found;
}

describe('a tensor column', () => {
  it.each([
    ['lists', ['[1, 2, 3, 4]::FLOAT[]', '[5, 6, 7, 8]::FLOAT[]']],
    ['lists of lists', ['[[1, 2], [3, 4]]', '[[5, 6], [7, 8]]']],
    ['lists of fixed length', ['[1, 2, 3, 4]::INTEGER[4]', '[5, 6, 7, 8]::INTEGER[4]']],
    ['lists three deep', ['[[[1], [2]], [[3], [4]]]', '[[[5], [6]], [[7], [8]]]']],
  ])('is read from %s', async (name, rows) => {
    expect(await read(declared(await parquet(`${name}.parquet`, rows), [2, 2]))).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]);
  });

  it('may lack rows, and numbers of a row', async () => {
    const file = await parquet('gaps.parquet', ['NULL::DOUBLE[]', '[1, NULL]::DOUBLE[]', '[3, 4]::DOUBLE[]', 'NULL']);
    expect(await read(declared(file, [2]), 3)).toEqual([null, [1, Number.NaN], [3, 4], null]);
    expect(await read(declared(await parquet('none.parquet', ['NULL::DOUBLE[]']), [2]))).toEqual([null]);
  });

  it('keeps its order over many batches', async () => {
    const rows = Array.from({ length: 5_000 }, (_, id) => ({ id, x: [id, -id - 1, 0.5] }));
    await writeFile(path.join(folder, 'many.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
    const found = await read(declared('many.jsonl', [3], 'jsonl'), 1_536);
    expect(found).toEqual(rows.map((row) => row.x));
  });

  it.each([
    ['too few', ['[1, 2, 3]'], [2, 2], 'column x has a row of 3 numbers, shape [2, 2] has 4'],
    ['ragged', ['[[1, 2, 3], [4]]'], [2, 2], 'Cannot cast list with length 3 to array with length 2'],
    ['no list', ['7'], [2], 'column x is declared a tensor and is no list'],
    ['texts', ["['a', 'b']"], [2], "Could not convert string 'a' to DOUBLE"],
  ])('is refused with %s', async (name, rows, shape, message) => {
    await expect(read(declared(await parquet(`${name}.parquet`, rows), shape))).rejects.toMatchObject({
      code: 'config/data-invalid',
      message: expect.stringContaining(message),
    });
  });

  it('is reported with what cannot be read, and without extremes', async () => {
    const dataset = declared(await parquet('report.parquet', ['[1, 2]', '[3, 4]', '[3]', 'NULL']), [2]);
    const report = await createDuckdbDatasetReader({ dataRoot: folder }).inspect(dataset, dataset);
    expect(report.columns[1]).toEqual({ name: 'x', type: 'tensor', nulls: 2, distinct: 2 });
    expect(report.violations).toContain('column x: 1 values are not of type tensor');
  });
});
