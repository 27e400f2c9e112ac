import { createHash, type Hash } from 'node:crypto';
import type { BatchColumn, ColumnBatch } from '../../domain/data/column-batch.ts';

type ColumnHashes = { kind: string; values: Hash; missing: Hash };

/**
 * A digest of rows that depends neither on the file they came in nor on how they were cut into batches: of each column,
 * by name, its kind, its values (doubles and bytes as they lie in memory, little-endian; texts as JSON, each with a
 * comma behind it) and the places of its missing ones as doubles.
 */
export function createRowsDigest(): { add(batch: ColumnBatch): void; digest(): string } {
  const columns = new Map<string, ColumnHashes>();
  let rows = 0;
  return {
    add(batch) {
      for (const [name, column] of Object.entries(batch.columns)) {
        let hashes = columns.get(name);
        if (hashes === undefined) {
          const kind = column.kind === 'tensors' ? `tensors of ${column.size}` : column.kind;
          hashes = { kind, values: createHash('sha256'), missing: createHash('sha256') };
          columns.set(name, hashes);
        }
        addColumn(hashes, column, rows);
      }
      rows += batch.rows;
    },
    digest() {
      const whole = createHash('sha256').update(JSON.stringify(['rows', rows]));
      for (const name of [...columns.keys()].sort()) {
        const { kind, values, missing } = columns.get(name) as ColumnHashes;
        whole.update(JSON.stringify([name, kind, values.digest('hex'), missing.digest('hex')]));
      }
      return `sha256:${whole.digest('hex')}`;
    },
  };
}

function addColumn({ values, missing }: ColumnHashes, column: BatchColumn, before: number): void {
  if (column.kind === 'texts') {
    values.update(`${JSON.stringify(column.values).slice(1, -1)},`);
    return;
  }
  values.update(new Uint8Array(column.values.buffer, column.values.byteOffset, column.values.byteLength));
  if (column.missing === undefined) return;
  const places: number[] = [];
  for (let row = 0; row < column.missing.length; row += 1) if (column.missing[row] === 1) places.push(before + row);
  missing.update(new Uint8Array(Float64Array.from(places).buffer));
}
