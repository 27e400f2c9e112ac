import { type BatchValue, toColumn } from '../../src/domain/data/batch-values.ts';
import { pickRows } from '../../src/domain/data/column-batch.ts';
import type { DatasetReader } from '../../src/ports/dataset.ts';

export type Row = Record<string, BatchValue>;

/** Splits, conditions and expressions as plain data; the file that a split is written to is known by its name. */
export function createMemoryDatasetReader(content: {
  splits: Record<string, Row[]>;
  conditions?: Record<string, (row: Row) => boolean>;
  expressions?: Record<string, (row: Row) => BatchValue>;
}): DatasetReader {
  const written = new Map<string, Row[]>();
  const rowsOf = (file: string) => written.get(file) ?? [];
  return {
    digest: async () => 'sha256:00',
    materialise: async (_, split, target) => {
      written.set(target, content.splits[split] ?? []);
      return { rows: rowsOf(target).length };
    },
    async *scan(file, columns, batchRows, set = {}) {
      const rows = rowsOf(file);
      const read = (row: Row, name: string) => {
        const expression = set[name];
        return expression === undefined ? (row[name] ?? null) : (content.expressions?.[expression]?.(row) ?? null);
      };
      // Of all rows, so that every batch has columns of the same kinds.
      const all = {
        rows: rows.length,
        columns: Object.fromEntries(columns.map((name) => [name, toColumn(rows.map((row) => read(row, name)))])),
      };
      for (let start = 0; start < rows.length; start += batchRows) {
        const count = Math.min(batchRows, rows.length - start);
        yield pickRows(
          all,
          Array.from({ length: count }, (_, index) => start + index),
        );
      }
    },
    matches: async (file, where) =>
      Uint8Array.from(rowsOf(file), (row) => (content.conditions?.[where]?.(row) ? 1 : 0)),
    inspect: async () => ({ rows: 0, splits: [], columns: [], schemaChanges: [], violations: [] }),
  };
}
