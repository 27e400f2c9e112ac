import type { Grid } from '../../domain/drift/make-profile.ts';
import type { ColumnProfile } from '../../domain/drift/profile.ts';
import { AppError } from '../../domain/errors.ts';
import {
  type CountedColumn,
  columnSql,
  columnsOf,
  layGrids,
  parquetSource,
  profileColumns,
} from './profile-columns.ts';
import { withSession } from './session.ts';

/**
 * Profiles columns of a Parquet file: on the grid that is given with a column, else on one laid over the file.
 * AppError config/data-invalid when a column is not there.
 */
export async function profileParquet(
  file: string,
  columns: ({ column: string } & ({ kind: Grid['kind'] } | { grid: Grid }))[],
): Promise<{ rows: number; columns: ColumnProfile[] }> {
  return withSession(async (session) => {
    const source = parquetSource(file);
    const there = await columnsOf(session, source).catch((cause) => {
      throw new AppError('config/data-invalid', `Reading ${file}`, { cause });
    });
    const missing = columns.find(({ column }) => !there.has(column));
    if (missing) throw new AppError('config/data-invalid', `${file} has no column ${missing.column}`);
    const counted: CountedColumn[] = [];
    for (const column of columns) {
      const sql = columnSql(column.column);
      if ('grid' in column) counted.push({ as: column.column, sql, grid: column.grid });
      else counted.push(...(await layGrids(session, source, [{ as: column.column, sql, kind: column.kind }])));
    }
    const profiles = await profileColumns(session, source, counted);
    const [total] = await session.query(`SELECT count(*) AS n FROM ${source}`);
    return { rows: Number(total?.n ?? 0), columns: profiles };
  });
}
