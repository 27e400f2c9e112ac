import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { GroupedProfile, ReferenceColumn, WindowProfile } from '../../domain/drift/profile.ts';
import { AppError } from '../../domain/errors.ts';
import { countGroups } from './count-groups.ts';
import { countedColumn } from './counted-column.ts';
import { frequentKeys, type GroupKeys, groupTemplate } from './group-template.ts';
import { openTable, referenceColumns, type Table, windowOf } from './profile-table.ts';
import { type Session, withSession } from './session.ts';

export type ProfilePair = {
  reference: { rows: number; columns: ReferenceColumn[]; groups: GroupedProfile[] };
  current: WindowProfile;
  /** Columns that are not compared: times always move, nested values have no order. */
  leftOut: string[];
};

/**
 * Profiles two files (Parquet, CSV, JSON lines or Arrow, by their names' endings) on grids over the first; columns that
 * the second lacks are left out of its part. Nothing is said of over-dispersion: rows of a file may lie in any order.
 * `by`: columns of the reference whose most frequent values are profiled apart as well. AppError config/invalid-input when
 * a file cannot be read, or such a column is no category.
 */
export async function profilePair(referenceFile: string, currentFile: string, by: string[] = []): Promise<ProfilePair> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-drift-'));
  try {
    return await withSession(async (session) => {
      const reference = await openTable(session, referenceFile, path.join(folder, 'reference'));
      const current = await openTable(session, currentFile, path.join(folder, 'current'));
      const { columns, leftOut } = await referenceColumns(session, reference);
      const template = groupTemplate(await keysOf(session, reference, columns, by), columns);
      const groups = (table: Table) => groupsOf(session, table, columns, template);
      return {
        reference: { rows: reference.rows, columns, groups: await groups(reference) },
        current: { ...(await windowOf(session, current, columns)), groups: await groups(current) },
        leftOut,
      };
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function keysOf(session: Session, { relation, named }: Table, columns: ReferenceColumn[], wanted: string[]) {
  const categories = columns.flatMap(({ kind, measure }) =>
    kind === 'categorical' && measure.of === 'value' ? [measure.column] : [],
  );
  const odd = wanted.find((by) => !categories.includes(by));
  if (odd !== undefined) {
    const there = categories.length > 0 ? `; there are ${categories.join(', ')}` : '';
    throw new AppError('config/invalid-input', `--by ${odd}: the reference has no such category${there}`);
  }
  const keys: GroupKeys[] = [];
  for (const by of new Set(wanted)) keys.push(...(await frequentKeys(session, relation, by, named)));
  return keys;
}

async function groupsOf(
  session: Session,
  { relation, rows, named }: Table,
  columns: ReferenceColumn[],
  template: GroupedProfile[],
): Promise<GroupedProfile[]> {
  const counted = columns.flatMap((column) => countedColumn(column, named));
  const reference = { groups: template };
  const groups = await countGroups({ session, relation, rows, timestamp: 'NULL', named, reference, columns: counted });
  return groups(0);
}
