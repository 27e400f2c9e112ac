import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { ReferenceColumn, WindowProfile } from '../../domain/drift/profile.ts';
import { openTable, referenceColumns, windowOf } from './profile-table.ts';
import { withSession } from './session.ts';

export type ProfilePair = {
  reference: { rows: number; columns: ReferenceColumn[] };
  current: WindowProfile;
  /** Columns that are not compared: times always move, nested values have no order. */
  leftOut: string[];
};

/**
 * Profiles two files (Parquet, CSV, JSON lines or Arrow, by their names' endings) on grids over the first; columns that
 * the second lacks are left out of its part. Nothing is said of over-dispersion: rows of a file may lie in any order.
 * AppError config/invalid-input when one cannot be read.
 */
export async function profilePair(referenceFile: string, currentFile: string): Promise<ProfilePair> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-drift-'));
  try {
    return await withSession(async (session) => {
      const reference = await openTable(session, referenceFile, path.join(folder, 'reference'));
      const current = await openTable(session, currentFile, path.join(folder, 'current'));
      const { columns, leftOut } = await referenceColumns(session, reference);
      return {
        reference: { rows: reference.rows, columns },
        current: await windowOf(session, current, columns),
        leftOut,
      };
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
