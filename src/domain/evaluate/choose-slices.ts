/** Which parts of the holdout are looked at on their own. */
import type { Gate } from '../spec/valid.ts';

export type Slice = { name: string; rows: Int32Array };

/** Category of each row as an index into `values`; −1: missing. */
export type CategoryColumn = { column: string; values: string[]; codes: Int32Array };

export type ChosenSlices = { slices: Slice[]; leftOut: number };

const MOST_CATEGORIES = 50;
const DEFAULT_MIN_ROWS = 500;
/** Never shown on its own, whoever asks: too few to be anonymous. */
const FEWEST_ROWS = 10;

/**
 * Every category with as many rows as the least demanding slice gate asks for, the fifty largest of a column at most,
 * and those that a gate names; every declared condition with some rows. The others are counted.
 */
export function chooseSlices(columns: CategoryColumn[], conditions: Slice[], gates: readonly Gate[]): ChosenSlices {
  const ofSlices = gates.filter((gate) => gate.kind === 'slice');
  const minRows = Math.max(FEWEST_ROWS, Math.min(...ofSlices.map((gate) => gate.minRows), DEFAULT_MIN_ROWS));
  const named = new Set(ofSlices.map((gate) => gate.slice));
  const slices = conditions.filter((slice) => slice.rows.length >= FEWEST_ROWS);
  let leftOut = conditions.length - slices.length;
  for (const column of columns) {
    const found = categories(column).filter((slice) => slice.rows.length > 0);
    const large = found.filter((slice) => slice.rows.length >= minRows).slice(0, MOST_CATEGORIES);
    const asked = found.filter(
      (slice) => named.has(slice.name) && slice.rows.length >= FEWEST_ROWS && !large.includes(slice),
    );
    slices.push(...large, ...asked);
    leftOut += found.length - large.length - asked.length;
  }
  return { slices: slices.sort((a, b) => (a.name < b.name ? -1 : 1)), leftOut };
}

/** The largest first; equal ones by name. */
function categories({ column, values, codes }: CategoryColumn): Slice[] {
  const sizes = new Int32Array(values.length + 1);
  for (const code of codes) sizes[code + 1] = (sizes[code + 1] as number) + 1;
  const rows = Array.from(sizes, (size) => new Int32Array(size));
  const filled = new Int32Array(sizes.length);
  for (let row = 0; row < codes.length; row += 1) {
    const place = (codes[row] as number) + 1;
    const into = rows[place] as Int32Array;
    into[filled[place] as number] = row;
    filled[place] = (filled[place] as number) + 1;
  }
  return rows
    .map((found, place) => ({
      name: place === 0 ? `${column} is missing` : `${column}=${values[place - 1]}`,
      rows: found,
    }))
    .sort((a, b) => b.rows.length - a.rows.length || (a.name < b.name ? -1 : 1));
}
