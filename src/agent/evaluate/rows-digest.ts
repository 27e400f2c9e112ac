import { createHash } from 'node:crypto';
import type { ColumnBatch } from '../../ports/dataset.ts';

/**
 * A digest of rows that does not depend on the file they came in: of every batch (10,000 rows) and each column by name,
 * numbers as little-endian doubles with a mark of what is missing, the rest as JSON.
 */
export function createRowsDigest(): { add(batch: ColumnBatch): void; digest(): string } {
  const hash = createHash('sha256');
  return {
    add(batch) {
      for (const name of Object.keys(batch.columns).sort()) {
        const column = batch.columns[name] as ColumnBatch['columns'][string];
        const numeric = column.every((value) => value === null || typeof value === 'number');
        hash.update(JSON.stringify([name, column.length, numeric ? 'numbers' : 'values']));
        if (!numeric) hash.update(JSON.stringify(column));
        else {
          hash.update(new Uint8Array(Float64Array.from(column as number[], (value) => value ?? Number.NaN).buffer));
          hash.update(Uint8Array.from(column, (value) => (value === null ? 1 : 0)));
        }
      }
    },
    digest: () => `sha256:${hash.digest('hex')}`,
  };
}
