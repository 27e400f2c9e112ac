/** Below this share of the largest variance a pivot is rounding error: what is left has no spread of its own. */
const NEGLIGIBLE = 1e-12;

/** L with L·Lᵀ = `matrix` (size × size, row-major, positive semi-definite); columns without spread are 0. */
export function choleskyFactor(matrix: Float64Array, size: number): Float64Array {
  const at = (values: Float64Array, row: number, column: number) => values[row * size + column] as number;
  let largest = 0;
  for (let place = 0; place < size; place += 1) largest = Math.max(largest, at(matrix, place, place));
  const factor = new Float64Array(size * size);
  for (let column = 0; column < size; column += 1) {
    let pivot = at(matrix, column, column);
    for (let k = 0; k < column; k += 1) pivot -= at(factor, column, k) ** 2;
    if (pivot <= NEGLIGIBLE * largest) continue;
    const root = Math.sqrt(pivot);
    factor[column * size + column] = root;
    for (let row = column + 1; row < size; row += 1) {
      let rest = at(matrix, row, column);
      for (let k = 0; k < column; k += 1) rest -= at(factor, row, k) * at(factor, column, k);
      factor[row * size + column] = rest / root;
    }
  }
  return factor;
}
