import type { ColumnBatch, DatasetReader } from '../../src/ports/dataset.ts';

export type Row = Record<string, number | string | boolean | null>;

/** Splits and conditions as plain data; the file that a split is written to is known by the split's name in it. */
export function createMemoryDatasetReader(content: {
  splits: Record<string, Row[]>;
  conditions?: Record<string, (row: Row) => boolean>;
}): DatasetReader {
  const written = new Map<string, Row[]>();
  const rowsOf = (file: string) => written.get(file) ?? [];
  return {
    digest: async () => 'sha256:00',
    materialise: async (_, split, target) => {
      written.set(target, content.splits[split] ?? []);
      return { rows: rowsOf(target).length };
    },
    async *scan(file, columns, batchRows) {
      const rows = rowsOf(file);
      for (let start = 0; start < rows.length; start += batchRows) {
        const part = rows.slice(start, start + batchRows);
        const batch: ColumnBatch = {
          rows: part.length,
          columns: Object.fromEntries(columns.map((name) => [name, part.map((row) => row[name] ?? null)])),
        };
        yield batch;
      }
    },
    matches: async (file, where) =>
      Uint8Array.from(rowsOf(file), (row) => (content.conditions?.[where]?.(row) ? 1 : 0)),
    inspect: async () => ({ rows: 0, splits: [], columns: [], schemaChanges: [], violations: [] }),
  };
}
