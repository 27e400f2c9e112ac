/** Cells of a column by row, numbered from 1; 0: a row in none of them. */
export type NumberedCells = { codes: Int32Array | Uint16Array; cells: number };

/** How many pairs of cells of two columns have `minRows` rows. The codes are of the same rows. */
export function countPairs(one: NumberedCells, other: NumberedCells, minRows: number): number {
  const pairs = one.cells * other.cells;
  // Sums for each pair while they take no more memory than the rows do; else the pairs of the rows, sorted.
  return pairs <= 4 * one.codes.length ? bySums(one, other, minRows) : bySorting(one, other, minRows);
}

function bySums(one: NumberedCells, other: NumberedCells, minRows: number): number {
  const counts = new Int32Array(one.cells * other.cells);
  for (let row = 0; row < one.codes.length; row += 1) {
    const pair = pairOf(one, other, row);
    if (pair >= 0) counts[pair] = (counts[pair] as number) + 1;
  }
  return counts.reduce((sum, rows) => (rows >= minRows ? sum + 1 : sum), 0);
}

function bySorting(one: NumberedCells, other: NumberedCells, minRows: number): number {
  const pairs = Float64Array.from({ length: one.codes.length }, (_, row) => pairOf(one, other, row)).sort();
  let [found, start] = [0, 0];
  for (let row = 1; row <= pairs.length; row += 1) {
    if (pairs[row] === pairs[start]) continue;
    if ((pairs[start] as number) >= 0 && row - start >= minRows) found += 1;
    start = row;
  }
  return found;
}

/** −1: not in a pair. */
function pairOf(one: NumberedCells, other: NumberedCells, row: number): number {
  const [a, b] = [one.codes[row] as number, other.codes[row] as number];
  return a === 0 || b === 0 ? -1 : (a - 1) * other.cells + b - 1;
}
