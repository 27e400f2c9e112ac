import { COARSE_BINS } from '../../domain/drift/coarsen.ts';
import { GRID_BINS, type Grid, type NumericGrid } from '../../domain/drift/make-profile.ts';
import { double } from './session.ts';

/** Cells of a grid that are not bins or categories. */
export type Beside = 'nulls' | 'nans' | 'infinities' | 'under' | 'over' | 'elsewhere';
export type Cell = number | Beside;

export const CELL_CODES: Record<Beside, number> = {
  nulls: -1,
  nans: -2,
  infinities: -3,
  under: -4,
  over: -5,
  elsewhere: -6,
};
const BESIDE = new Map(Object.entries(CELL_CODES).map(([name, code]) => [code, name as Beside]));
/** Coarse bins and these together fit 8 bits without a sign. */
const COARSE_OFFSET = 200;

/**
 * SQL of the cell of `v`, a DOUBLE, as `makeProfile` has it. `packed`: in as few bits as it takes, which DuckDB then counts
 * in an array; that pays for many rows only.
 */
export function cellSql(grid: NumericGrid, coarse: boolean, packed: boolean): string {
  const type = packed ? (coarse ? 'UTINYINT' : 'SMALLINT') : 'INTEGER';
  const code = (name: Beside) => (coarse ? COARSE_OFFSET - CELL_CODES[name] : CELL_CODES[name]);
  const place = placeSql(grid);
  const bin = coarse ? `floor(${place} / ${GRID_BINS / COARSE_BINS})` : place;
  return `CASE WHEN v IS NULL THEN ${code('nulls')} WHEN isnan(v) THEN ${code('nans')}
    WHEN isinf(v) THEN ${code('infinities')} WHEN ${place} < 0 THEN ${code('under')}
    WHEN ${place} >= ${GRID_BINS} THEN ${code('over')} ELSE CAST(${bin} AS ${type}) END::${type}`;
}

/** The same in half the time, but NULL for what is missing, no number, or further than 32 grids away. */
export function quickCellSql(grid: NumericGrid): string {
  return `TRY_CAST(${placeSql(grid)} AS SMALLINT)`;
}

/** SQL of the place of `v` on the grid, before it is cut off at the edges. */
export function placeSql({ low, width, scale }: NumericGrid, v = 'v'): string {
  const axis = scale ? `asinh(${v} / ${double(scale.asinh)})` : v;
  return `floor((${axis} - ${double(low)}) / ${double(width)})`;
}

export function readCell(code: number, kind: Grid['kind'], coarse: boolean): Cell {
  if (kind === 'categorical') return BESIDE.get(code) ?? code;
  if (coarse) return code > COARSE_OFFSET ? (BESIDE.get(COARSE_OFFSET - code) as Beside) : code;
  if (code < 0) return BESIDE.get(code) as Beside;
  return code;
}

/** Of `quickCellSql`. */
export function readQuickCell(code: number): Cell {
  if (code < 0) return 'under';
  return code >= GRID_BINS ? 'over' : code;
}
