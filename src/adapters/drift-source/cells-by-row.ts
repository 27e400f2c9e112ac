import type { Grid } from '../../domain/drift/make-profile.ts';
import { LOSS_CELL, type LossCell } from '../../domain/drift/mean-losses.ts';
import { CELL_CODES, type Cell, cellSql, readCell } from './count-cells.ts';
import { type CountedColumn, storeCategories } from './count-columns.ts';
import type { Session } from './session.ts';

/** Cell of the coarse grid, or category, of each row of a Parquet file, in its order. */
export async function cellsByRow(session: Session, file: string, column: CountedColumn): Promise<LossCell[]> {
  await storeCategories(session, [column]);
  const { grid } = column;
  const rows = `SELECT ${column.value} AS v, file_row_number AS place FROM ${file}`;
  const [codes = []] = await session.columns(
    grid.kind === 'numeric'
      ? `SELECT CAST(${cellSql(grid, true, false)} AS INTEGER) FROM (${rows}) ORDER BY place`
      : `SELECT CASE WHEN v IS NULL THEN ${CELL_CODES.nulls} ELSE coalesce(k, ${CELL_CODES.elsewhere}) END
         FROM (${rows}) LEFT JOIN sluice_category ON s = v ORDER BY place`,
  );
  return codes.map((code) => lossCell(readCell(code as number, grid.kind, true), grid));
}

function lossCell(cell: Cell, grid: Grid): LossCell {
  if (typeof cell === 'number') return grid.kind === 'numeric' ? cell : (grid.categories[cell] as string);
  if (cell === 'under' || cell === 'over') return LOSS_CELL[cell];
  if (cell !== 'elsewhere') return LOSS_CELL.missing;
  return grid.kind === 'categorical' && grid.open ? LOSS_CELL.other : LOSS_CELL.unseen;
}
