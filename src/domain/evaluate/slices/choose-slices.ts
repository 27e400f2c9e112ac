/** Which parts of the holdout are looked at on their own because someone asked for them. */
import type { Gate, SliceSpec } from '../../spec/valid.ts';
import { type Cells, cellsOfBins, cellsOfCategories, slicesOfCells } from './cells.ts';
import type { CategoryColumn, NumberColumn, Slice } from './columns.ts';
import { quantileEdges } from './quantile-edges.ts';

export type SliceSources = {
  /** By the columns that `specs` name; further ones are ignored. */
  categories: readonly CategoryColumn[];
  numbers: readonly NumberColumn[];
  /** Rows of each declared condition. */
  conditions: readonly Slice[];
  specs: readonly SliceSpec[];
  gates: readonly Gate[];
};

export type ChosenSlices = { slices: Slice[]; leftOut: number };

const MOST_CATEGORIES = 50;
const DEFAULT_MIN_ROWS = 500;
/** Never shown on its own, whoever asks: too few to be anonymous. */
export const FEWEST_ROWS = 10;

type SliceGate = Extract<Gate, { kind: 'slice' }>;
type Found = { slices: Slice[]; leftOut: number };

/**
 * Every category with as many rows as the least demanding slice gate asks for, the fifty largest of a column at most,
 * and those that a gate names; every bin and condition. None of fewer than ten rows. Those left out are counted (empty
 * ones are not). Ordered by column and by the conditions' names, bins from low to high.
 */
export function chooseSlices({ categories, numbers, conditions, specs, gates }: SliceSources): ChosenSlices {
  const ofSlices = gates.filter((gate) => gate.kind === 'slice');
  const found = specs.map((spec): [string, Found] => {
    if (spec.kind === 'where') return [spec.name, chooseCondition(conditions.find(({ name }) => name === spec.name))];
    if (spec.kind === 'column') {
      const column = categories.find((one) => one.column === spec.column);
      return [spec.column, column === undefined ? NOTHING : chooseCategories(cellsOfCategories(column), ofSlices)];
    }
    const column = numbers.find((one) => one.column === spec.column);
    if (column === undefined) return [spec.column, NOTHING];
    const edges = spec.kind === 'bins' ? spec.edges : quantileEdges(column.values, spec.count);
    return [spec.column, chooseBins(cellsOfBins(column, edges))];
  });
  const ordered = found.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, one]) => one);
  return {
    slices: distinct(ordered.flatMap((one) => one.slices)),
    leftOut: ordered.reduce((sum, one) => sum + one.leftOut, 0),
  };
}

const NOTHING: Found = { slices: [], leftOut: 0 };

function chooseCondition(slice: Slice | undefined): Found {
  const shown = slice !== undefined && slice.rows.length >= FEWEST_ROWS;
  return shown ? { slices: [slice], leftOut: 0 } : { slices: [], leftOut: 1 };
}

function chooseBins(cells: Cells): Found {
  const filled = present(cells);
  const shown = filled.filter((cell) => (cells.sizes[cell] as number) >= FEWEST_ROWS);
  return { slices: slicesOfCells(cells, shown), leftOut: filled.length - shown.length };
}

function chooseCategories(cells: Cells, gates: readonly SliceGate[]): Found {
  const { names, sizes } = cells;
  const minRows = Math.max(FEWEST_ROWS, Math.min(...gates.map((gate) => gate.minRows), DEFAULT_MIN_ROWS));
  const named = new Set(gates.map((gate) => gate.slice));
  const rows = (cell: number) => sizes[cell] as number;
  const name = (cell: number) => names[cell] as string;
  const found = present(cells);
  const large = found
    .filter((cell) => rows(cell) >= minRows)
    .sort((a, b) => rows(b) - rows(a) || (name(a) < name(b) ? -1 : 1))
    .slice(0, MOST_CATEGORIES);
  const chosen = new Set(large);
  for (const cell of found) if (named.has(name(cell)) && rows(cell) >= FEWEST_ROWS) chosen.add(cell);
  const wanted = [...chosen].sort((a, b) => (name(a) < name(b) ? -1 : 1));
  return { slices: slicesOfCells(cells, wanted), leftOut: found.length - wanted.length };
}

function present({ sizes }: Cells): number[] {
  return Array.from(sizes.keys()).filter((cell) => (sizes[cell] as number) > 0);
}

/** Bins and quantiles of one column may share a name (its missing values): the first stands for both. */
function distinct(slices: Slice[]): Slice[] {
  const seen = new Map<string, Slice>();
  for (const slice of slices) if (!seen.has(slice.name)) seen.set(slice.name, slice);
  return [...seen.values()];
}
