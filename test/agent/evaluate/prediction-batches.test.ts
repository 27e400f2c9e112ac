import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDuckdbDatasetReader } from '../../../src/adapters/dataset/create-duckdb-dataset-reader.ts';
import { writeTable } from '../../../src/adapters/dataset/write-table.ts';
import { predictionBatches } from '../../../src/agent/evaluate/prediction-batches.ts';
import type { ScoredHoldout } from '../../../src/agent/evaluate/score-holdout.ts';
import { type BatchValue, valueAt } from '../../../src/domain/data/batch-values.ts';
import type { Column } from '../../../src/domain/spec/valid.ts';
import { createMemoryDatasetReader } from '../../fakes/memory-dataset-reader.ts';
import { datasetOf } from './function-models.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const ROWS = 50_000;
// Every third row has no label.
const places = Int32Array.from({ length: ROWS }, (_, row) => row).filter((row) => row % 3 !== 0);

function holdoutOf(task: string, width: number): ScoredHoldout {
  const values = (offset: number) => Float64Array.from({ length: places.length * width }, (_, index) => index + offset);
  const scored = {
    task,
    width,
    rows: places.length,
    labels: Float64Array.from(places, (place) => place % 2),
    weights: Float64Array.from(places, (place) => place / 2),
    candidate: { values: values(0.5), threshold: 0.5 },
    champion: { values: values(0.25), threshold: 0.5 },
  };
  return { scored, places } as unknown as ScoredHoldout;
}

/** What a Parquet file of them holds, as another reader finds it: some rows, with the columns in their order. */
async function written(
  holdout: ScoredHoldout,
  id: Partial<Column>,
  wanted: number[],
): Promise<Record<string, BatchValue>[]> {
  const dataset = datasetOf([{ name: 'customer', type: 'text', nullable: true, pii: false, role: 'id', ...id }]);
  const people = Array.from({ length: ROWS }, (_, row) => ({ customer: row === 1 ? null : `c${row}` }));
  const reader = createMemoryDatasetReader({ splits: { holdout: people } });
  await reader.materialise(dataset, 'holdout', 'file');
  const target = path.join(folder, 'predictions.parquet');
  const batches = predictionBatches(holdout, { reader, file: 'file', dataset });
  const names: string[][] = [];
  await writeTable(
    target,
    (async function* () {
      for await (const batch of batches) {
        names.push(Object.keys(batch.columns));
        yield batch;
      }
    })(),
  );
  const rows: Record<string, BatchValue>[] = [];
  for await (const batch of createDuckdbDatasetReader({ dataRoot: folder }).scan(target, names[0]!, ROWS)) {
    expect(batch.rows).toBe(places.length);
    for (const row of wanted)
      rows.push(
        Object.fromEntries(Object.entries(batch.columns).map(([name, column]) => [name, valueAt(column, row)])),
      );
  }
  return rows;
}

it('are written with place, id, label, weight and what both models said', async () => {
  const last = places.length - 1;
  const rows = await written(holdoutOf('binary-classification', 1), {}, [0, 1, last]);
  expect(rows[0]).toEqual({ row: 1, customer: null, label: 1, weight: 0.5, candidate: 0.5, champion: 0.25 });
  expect(rows[1]).toMatchObject({ row: 2, customer: 'c2', candidate: 1.5 });
  expect(rows[2]).toMatchObject({ row: ROWS - 1, customer: `c${ROWS - 1}`, champion: last + 0.25 });
  expect(Object.keys(rows[0]!)).toEqual(['row', 'customer', 'label', 'weight', 'candidate', 'champion']);
});

it('have a column a class, or the bounds of an interval, and no personal id', async () => {
  const [classes] = await written(holdoutOf('multiclass-classification', 3), { pii: true }, [1]);
  expect(classes).toMatchObject({ candidate_0: 3.5, candidate_1: 4.5, candidate_2: 5.5, champion_2: 5.25 });
  expect(classes).not.toHaveProperty('customer');
  const [interval] = await written(holdoutOf('regression', 3), {}, [1]);
  expect(interval).toMatchObject({ candidate: 3.5, candidate_lower: 4.5, candidate_upper: 5.5, champion_upper: 5.25 });
});

it('leave out an id that is named like a column of their own', async () => {
  const [row] = await written(holdoutOf('regression', 1), { name: 'candidate' }, [0]);
  expect(row).toMatchObject({ candidate: 0.5 });
});
