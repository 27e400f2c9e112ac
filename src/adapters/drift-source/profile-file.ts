import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { ReferenceColumn } from '../../domain/drift/profile.ts';
import { openTable, referenceColumns, windowOf } from './profile-table.ts';
import { withSession } from './session.ts';

export type FileProfile = {
  rows: number;
  columns: ReferenceColumn[];
  /** Columns of the file that are not profiled. */
  leftOut: string[];
};

/**
 * Profiles a file (Parquet, CSV, JSON lines or Arrow, by its name's ending) on the grids of `reference`, without what the
 * file lacks of it, or else on grids over itself. AppError config/invalid-input when it cannot be read.
 */
export async function profileFile(file: string, reference?: ReferenceColumn[]): Promise<FileProfile> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-profile-'));
  try {
    return await withSession(async (session) => {
      const table = await openTable(session, file, path.join(folder, 'file'));
      if (reference === undefined) return { rows: table.rows, ...(await referenceColumns(session, table)) };
      const { rows, columns } = await windowOf(session, table, reference);
      const measures = new Map(reference.map(({ column, measure }) => [column, measure]));
      const sources = new Set(reference.flatMap(({ measure }) => ('column' in measure ? [measure.column] : [])));
      return {
        rows,
        columns: columns.map((one) => ({ ...one, measure: measures.get(one.column)! })),
        leftOut: [...table.named.types.keys()].filter((name) => !sources.has(name)),
      };
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
