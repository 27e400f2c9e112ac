import type { Grid } from '../../domain/drift/make-profile.ts';
import { LOSS_CELL, type LossCell } from '../../domain/drift/mean-losses.ts';
import { CELL_CODES, type Cell, cellSql, readCell } from './count-cells.ts';
import { type CountedColumn, storeCategories } from './count-columns.ts';
import type { Session } from './session.ts';

/** Cell of the coarse grid, or category, of each row of a numbered file, in its order. */
export async function cellsByRow(session: Session, relation: string, column: CountedColumn): Promise<LossCell[]> {
  await storeCategories(session, [column]);
  const { grid } = column;
  const rows = `SELECT ${column.value} AS v, file_row_number AS place FROM ${relation}`;
  const [places = [], codes = []] = await session.columns(
    grid.kind === 'numeric'
      ? `SELECT CAST(place AS INTEGER), CAST(${cellSql(grid, true, false)} AS INTEGER) FROM (${rows})`
      : `SELECT CAST(place AS INTEGER), CASE WHEN v IS NULL THEN ${CELL_CODES.nulls} ELSE coalesce(k, ${CELL_CODES.elsewhere}) END
         FROM (${rows}) LEFT JOIN sluice_category ON s = v`,
  );
  const known = new Map<unknown, LossCell>();
  const cells = new Array<LossCell>(places.length);
  // Sorted here: that is one step a row, and the database would take as long as for all the rest.
  for (const [i, code] of codes.entries()) {
    const cell = known.get(code) ?? lossCell(readCell(code as number, grid.kind, true), grid);
    known.set(code, cell);
    cells[places[i] as number] = cell;
  }
  return cells;
}

function lossCell(cell: Cell, grid: Grid): LossCell {
  if (typeof cell === 'number') return grid.kind === 'numeric' ? cell : (grid.categories[cell] as string);
  if (cell === 'under' || cell === 'over') return LOSS_CELL[cell];
  if (cell !== 'elsewhere') return LOSS_CELL.missing;
  return grid.kind === 'categorical' && grid.open ? LOSS_CELL.other : LOSS_CELL.unseen;
}
