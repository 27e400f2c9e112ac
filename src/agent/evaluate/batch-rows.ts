import type { Dataset } from '../../domain/spec/valid.ts';

const MOST_ROWS = 10_000;
/** Numbers of a batch: 32 MiB as doubles. */
const MOST_VALUES = 2 ** 22;

/** Rows that are read and answered at once: fewer where a row holds a picture. By the declaration alone. */
export function batchRows(dataset: Dataset): number {
  const sizes = dataset.columns.map((column) => (column.shape ?? []).reduce((product, size) => product * size, 1));
  const values = sizes.reduce((sum, size) => sum + size, 0);
  return Math.max(1, Math.min(MOST_ROWS, Math.floor(MOST_VALUES / values)));
}
