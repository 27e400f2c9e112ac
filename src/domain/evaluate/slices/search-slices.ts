/** Looks at every cell of every column and of every pair of columns, in sums over the rows. */
import type { Cells } from './cells.ts';
import { countPairs, type NumberedCells } from './count-pairs.ts';
import type { Half, Place } from './half.ts';
import { createLargest } from './largest.ts';
import type { Moments } from './moments.ts';

export type Looked = { name: string; place: Place; moments: Moments };

export type SearchOptions = {
  /** Of the half that is searched; fewer are no slice. */
  minRows: number;
  /** Largest cells of a column, and largest pairs of all columns, that are looked at. */
  mostCells: number;
  mostPairs: number;
};

/** A cell that holds nearly every row is no slice of its own. */
const MOST_SHARE = 0.9;

/** `leftOut`: cells and pairs of cells with enough rows that the bounds leave out. */
export function searchSlices(half: Half, options: SearchOptions): { looked: Looked[]; leftOut: number } {
  const { columns, rows, evidence } = half;
  const { minRows, mostPairs } = options;
  const kept = columns.map((cells) => keepLargest(cells, rows, options));
  const looked: Looked[] = [];
  const pairs = createLargest<Looked>(mostPairs, (a, b) => sizeOf(b) - sizeOf(a) || (a.name < b.name ? -1 : 1));
  let unseen = 0;
  for (const [index, one] of kept.entries()) {
    looked.push(
      ...cellsOf(one, ONLY, evidence, options).map((cell) => ({ ...cell, place: [at(index, cell.place[0])] })),
    );
    for (let other = index + 1; other < kept.length; other += 1) {
      const second = kept[other] as Kept;
      const found = cellsOf(one, second, evidence, options);
      for (const cell of found) pairs.add({ ...cell, place: [at(index, cell.place[0]), at(other, cell.place[1])] });
      if (one.leftOut + second.leftOut > 0) unseen += countPairs(one.large, second.large, minRows) - found.length;
    }
  }
  const cells = kept.reduce((sum, one) => sum + one.leftOut, 0);
  return { looked: [...looked, ...pairs.all()], leftOut: cells + unseen + pairs.leftOut() };
}

function sizeOf({ moments }: Looked): number {
  return moments.rows;
}

/** The large cells of a column numbered from 1; 0: any other. Codes of the rows that are searched. */
type Kept = {
  names: string[];
  cells: number[];
  /** Of the largest alone, which are looked at. */
  codes: Uint16Array;
  /** Of all that are large enough. */
  large: NumberedCells;
  leftOut: number;
};

const NONE = { codes: new Int32Array(0), cells: 0 };
/** A column of one cell: a pair with it is the other column alone. */
const ONLY: Kept = { names: ['', ''], cells: [0, 0], codes: new Uint16Array(0), large: NONE, leftOut: 0 };

function keepLargest({ names, codes }: Cells, rows: Int32Array, { minRows, mostCells }: SearchOptions): Kept {
  const sizes = new Int32Array(names.length);
  for (let place = 0; place < rows.length; place += 1) {
    const cell = codes[rows[place] as number] as number;
    sizes[cell] = (sizes[cell] as number) + 1;
  }
  const large = Array.from(sizes.keys())
    .filter((cell) => (sizes[cell] as number) >= minRows && (sizes[cell] as number) <= MOST_SHARE * rows.length)
    .sort((a, b) => (sizes[b] as number) - (sizes[a] as number) || a - b);
  const cells = large.slice(0, mostCells);
  const numbers = new Int32Array(names.length);
  for (const [index, cell] of large.entries()) numbers[cell] = index + 1;
  const all = Int32Array.from(rows, (row) => numbers[codes[row] as number] as number);
  const ofKept = Uint16Array.from(all, (number) => (number > cells.length ? 0 : number));
  return {
    names: ['', ...cells.map((cell) => names[cell] as string)],
    cells: [-1, ...cells],
    codes: ofKept,
    large: { codes: large.length > cells.length ? all : ofKept, cells: large.length },
    leftOut: large.length - cells.length,
  };
}

/** Every pair of large cells with enough rows; the place holds the two cells. */
function cellsOf(one: Kept, other: Kept, evidence: Float64Array, { minRows }: SearchOptions) {
  const width = other.names.length;
  const size = one.names.length * width;
  const [counts, sums, squares] = [new Int32Array(size), new Float64Array(size), new Float64Array(size)];
  for (let place = 0; place < evidence.length; place += 1) {
    const code = (one.codes[place] as number) * width + (other === ONLY ? 1 : (other.codes[place] as number));
    const value = evidence[place] as number;
    counts[code] = (counts[code] as number) + 1;
    sums[code] = (sums[code] as number) + value;
    squares[code] = (squares[code] as number) + value * value;
  }
  const found: { name: string; place: [number, number]; moments: Moments }[] = [];
  for (let a = 1; a < one.names.length; a += 1) {
    for (let b = 1; b < width; b += 1) {
      const code = a * width + b;
      const rows = counts[code] as number;
      if (rows < minRows) continue;
      const name = other === ONLY ? (one.names[a] as string) : `${one.names[a]} and ${other.names[b]}`;
      const moments = { rows, sum: sums[code] as number, squares: squares[code] as number };
      found.push({ name, place: [one.cells[a] as number, other.cells[b] as number], moments });
    }
  }
  return found;
}

function at(column: number, cell: number): Place[number] {
  return { column, cell };
}
