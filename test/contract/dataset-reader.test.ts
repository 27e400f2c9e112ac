import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { createDuckdbDatasetReader } from '../../src/adapters/dataset/create-duckdb-dataset-reader.ts';
import type { Dataset } from '../../src/domain/spec/valid.ts';
import { createMemoryDatasetReader } from '../fakes/memory-dataset-reader.ts';
import { CONTRACT_ROWS, datasetReaderContract } from './dataset-reader.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  await writeFile(path.join(folder, 'rows.jsonl'), CONTRACT_ROWS.map((row) => JSON.stringify(row)).join('\n'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const dataset: Dataset = {
  kind: 'Dataset',
  name: 'contract',
  path: 'data/contract.yaml',
  source: { uri: 'file:rows.jsonl', format: 'jsonl' },
  columns: (
    [
      ['id', 'integer'],
      ['amount', 'float'],
      ['kind', 'category'],
      ['paid', 'boolean'],
    ] as const
  ).map(([name, type]) => ({ name, type, nullable: true, pii: false })),
  splits: { train: 'id < 5', holdout: 'id >= 5' },
  checks: [],
};

describe('DuckDB', () => {
  datasetReaderContract(() => ({ reader: createDuckdbDatasetReader({ dataRoot: folder }), dataset, folder }));
});

describe('the fake in memory', () => {
  datasetReaderContract(() => ({
    reader: createMemoryDatasetReader({
      splits: { train: CONTRACT_ROWS.slice(0, 4), holdout: CONTRACT_ROWS.slice(4) },
      conditions: { 'amount > 0': (row) => Number(row.amount) > 0 },
      expressions: { 'id * 2': (row) => Number(row.id) * 2 },
    }),
    dataset,
    folder,
  }));
});
