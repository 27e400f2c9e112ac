import path from 'node:path';
import { expect, it } from 'vitest';
import { valueAt } from '../../src/domain/data/batch-values.ts';
import type { Dataset } from '../../src/domain/spec/valid.ts';
import type { DatasetReader } from '../../src/ports/dataset.ts';

/**
 * Rows that a world for this contract offers as split `train`; `holdout` is the last one of them, `kind` is text. It knows
 * the condition `amount > 0` and the expression `id * 2`.
 */
export const CONTRACT_ROWS = [
  { id: 1, amount: 1.5, kind: 'a', paid: true },
  { id: 2, amount: null, kind: 'b', paid: false },
  { id: 3, amount: -2, kind: null, paid: true },
  { id: 4, amount: 1e9, kind: 'ünïcode "quoted"', paid: null },
  { id: 5, amount: 0, kind: '', paid: false },
];

export type DatasetWorld = { reader: DatasetReader; dataset: Dataset; folder: string };

const numbers = (...values: number[]) => ({ kind: 'numbers', values: Float64Array.from(values) });

/** What every reader of datasets promises, whatever it reads from. */
export function datasetReaderContract(world: () => DatasetWorld): void {
  it('writes a split and scans it in the order of the source', async () => {
    const { reader, dataset, folder } = world();
    const file = path.join(folder, 'contract-train.parquet');
    expect(await reader.materialise(dataset, 'train', file)).toEqual({ rows: 4 });
    const sizes: number[] = [];
    const rows: unknown[] = [];
    for await (const batch of reader.scan(file, ['kind', 'id', 'amount', 'paid'], 3)) {
      sizes.push(batch.rows);
      for (let row = 0; row < batch.rows; row += 1) {
        rows.push(
          Object.fromEntries(Object.entries(batch.columns).map(([name, values]) => [name, valueAt(values, row)])),
        );
      }
    }
    expect(sizes).toEqual([3, 1]);
    expect(rows).toEqual(CONTRACT_ROWS.slice(0, 4));
  });

  it('keeps splits apart', async () => {
    const { reader, dataset, folder } = world();
    const [train, holdout] = ['a', 'b'].map((name) => path.join(folder, `contract-${name}.parquet`)) as [
      string,
      string,
    ];
    await reader.materialise(dataset, 'train', train);
    expect(await reader.materialise(dataset, 'holdout', holdout)).toEqual({ rows: 1 });
    for await (const batch of reader.scan(train, ['id'], 10)) expect(batch.columns.id).toEqual(numbers(1, 2, 3, 4));
    for await (const batch of reader.scan(holdout, ['id'], 10)) expect(batch.columns.id).toEqual(numbers(5));
  });

  it('computes columns by an expression instead, in their type', async () => {
    const { reader, dataset, folder } = world();
    const file = path.join(folder, 'contract-set.parquet');
    await reader.materialise(dataset, 'train', file);
    for await (const batch of reader.scan(file, ['id', 'amount'], 10, { amount: 'id * 2' })) {
      expect(batch.columns).toEqual({ id: numbers(1, 2, 3, 4), amount: numbers(2, 4, 6, 8) });
    }
  });

  it('marks the rows that a condition holds for; NULL is not held', async () => {
    const { reader, dataset, folder } = world();
    const file = path.join(folder, 'contract-matches.parquet');
    await reader.materialise(dataset, 'train', file);
    expect(await reader.matches(file, 'amount > 0')).toEqual(Uint8Array.of(1, 0, 0, 1));
  });

  it('names the content by a digest', async () => {
    const { reader, dataset } = world();
    expect(await reader.digest(dataset)).toMatch(/^sha256:[0-9a-f]+$/);
  });
}
