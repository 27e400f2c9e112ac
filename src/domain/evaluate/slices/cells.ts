/** A column cut into slices that share no row and leave none out. */
import type { CategoryColumn, NumberColumn, Slice } from './columns.ts';

/** `codes`: the cell of each row, an index into `names` and `sizes`. The first cell holds the rows without a value. */
export type Cells = { column: string; names: string[]; codes: Int32Array; sizes: Int32Array };

export function cellsOfCategories({ column, values, codes }: CategoryColumn): Cells {
  const cells = codes.map((code) => code + 1);
  const names = [missing(column), ...values.map((value) => `${column}=${value}`)];
  return { column, names, codes: cells, sizes: countCells(cells, names.length) };
}

/** `edges` ascend; each bin has its lower edge and not its upper one. The bins follow in their order. */
export function cellsOfBins({ column, values }: NumberColumn, edges: readonly number[]): Cells {
  const inner = Float64Array.from(edges);
  const codes = new Int32Array(values.length);
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] as number;
    codes[row] = Number.isNaN(value) ? 0 : edgesUpTo(value, inner) + 1;
  }
  const names = [missing(column), ...binNames(column, edges)];
  return { column, names, codes, sizes: countCells(codes, names.length) };
}

/** The rows of those cells, in the order they are asked for. */
export function slicesOfCells({ names, codes, sizes }: Cells, wanted: readonly number[]): Slice[] {
  const rows = new Array<Int32Array | undefined>(names.length);
  for (const cell of wanted) rows[cell] = new Int32Array(sizes[cell] as number);
  const filled = new Int32Array(names.length);
  for (let row = 0; row < codes.length; row += 1) {
    const cell = codes[row] as number;
    const into = rows[cell];
    if (into === undefined) continue;
    into[filled[cell] as number] = row;
    filled[cell] = (filled[cell] as number) + 1;
  }
  return wanted.map((cell) => ({ name: names[cell] as string, rows: rows[cell] as Int32Array }));
}

function missing(column: string): string {
  return `${column} is missing`;
}

function binNames(column: string, edges: readonly number[]): string[] {
  return Array.from({ length: edges.length + 1 }, (_, bin) => {
    const [from, to] = [edges[bin - 1], edges[bin]];
    if (from === undefined) return to === undefined ? `${column} is there` : `${column} < ${to}`;
    return to === undefined ? `${column} ≥ ${from}` : `${column} in [${from}, ${to})`;
  });
}

/** How many edges are at most `value`. */
function edgesUpTo(value: number, edges: Float64Array): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function countCells(codes: Int32Array, cells: number): Int32Array {
  const sizes = new Int32Array(cells);
  for (let row = 0; row < codes.length; row += 1) {
    const cell = codes[row] as number;
    sizes[cell] = (sizes[cell] as number) + 1;
  }
  return sizes;
}
