/** Eigenvalues, largest first, each with its eigenvector of length 1 whose largest entry is positive. */
export type Eigen = { values: number[]; vectors: number[][] };

const SWEEPS = 60;
/** Beyond this Jacobi's rotations of all pairs take too long where a few components are wanted. */
const LARGEST_EXACT = 64;
const ITERATIONS = 100;

/** Means and covariance matrix of columns of equal length; values must be finite. Divided by n − 1. */
export function covariance(columns: readonly ArrayLike<number>[]): { mean: number[]; matrix: number[][] } {
  const rows = columns[0]?.length ?? 0;
  const mean = columns.map((column) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += column[row]!;
    return rows === 0 ? 0 : sum / rows;
  });
  const centred = columns.map((column, c) => Float64Array.from(column, (value) => value - mean[c]!));
  const matrix = columns.map(() => new Array<number>(columns.length).fill(0));
  for (const [i, a] of centred.entries()) {
    for (let j = 0; j <= i; j++) {
      const b = centred[j]!;
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += a[row]! * b[row]!;
      matrix[i]![j] = matrix[j]![i] = sum / Math.max(1, rows - 1);
    }
  }
  return { mean, matrix };
}

/** Of a symmetric matrix, by cyclic Jacobi rotations (Golub and Van Loan, Matrix Computations, 8.5). */
export function symmetricEigen(matrix: readonly (readonly number[])[]): Eigen {
  const size = matrix.length;
  const a = matrix.map((row) => [...row]);
  const vectors = matrix.map((_, i) => Array.from({ length: size }, (_, j) => Number(i === j)));
  const scale = Math.sqrt(a.flat().reduce((sum, value) => sum + value * value, 0));
  for (let sweep = 0; sweep < SWEEPS && offDiagonal(a) > 1e-15 * scale; sweep++) {
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate(a, vectors, p, q);
  }
  return inOrder(
    a.map((row, i) => row[i]!),
    a.map((_, i) => vectors.map((row) => row[i]!)),
  );
}

/** The `count` largest; by orthogonal iteration where the matrix is large. */
export function leadingEigen(matrix: readonly (readonly number[])[], count: number): Eigen {
  const size = matrix.length;
  const wanted = Math.min(count, size);
  if (size <= LARGEST_EXACT) {
    const { values, vectors } = symmetricEigen(matrix);
    return { values: values.slice(0, wanted), vectors: vectors.slice(0, wanted) };
  }
  // A few more than are wanted: those converge faster.
  const width = Math.min(size, wanted + 5);
  // Any start that is not orthogonal to what is looked for; cosines of a grid serve and are the same everywhere.
  let basis = Array.from({ length: width }, (_, k) =>
    Array.from({ length: size }, (_, i) => Math.cos((k + 1) * (i + 0.5))),
  );
  for (let step = 0; step < ITERATIONS; step++) basis = orthonormal(basis.map((vector) => times(matrix, vector)));
  const images = basis.map((vector) => times(matrix, vector));
  const small = symmetricEigen(basis.map((vector) => images.map((image) => dot(vector, image))));
  const vectors = small.vectors.map((weights) =>
    Array.from({ length: size }, (_, i) => weights.reduce((sum, weight, k) => sum + weight * basis[k]![i]!, 0)),
  );
  const { values, vectors: ordered } = inOrder(small.values, vectors);
  return { values: values.slice(0, wanted), vectors: ordered.slice(0, wanted) };
}

function offDiagonal(a: number[][]): number {
  let sum = 0;
  for (const [i, row] of a.entries()) for (let j = 0; j < i; j++) sum += 2 * row[j]! * row[j]!;
  return Math.sqrt(sum);
}

function rotate(a: number[][], vectors: number[][], p: number, q: number): void {
  const apq = a[p]![q]!;
  if (apq === 0) return;
  const tau = (a[q]![q]! - a[p]![p]!) / (2 * apq);
  const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = t * c;
  for (const row of a) turn(row, p, q, c, s);
  const [rowP, rowQ] = [a[p]!, a[q]!];
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [rowP[k]!, rowQ[k]!];
    rowP[k] = c * x - s * y;
    rowQ[k] = s * x + c * y;
  }
  for (const row of vectors) turn(row, p, q, c, s);
}

function turn(row: number[], p: number, q: number, c: number, s: number): void {
  const [x, y] = [row[p]!, row[q]!];
  row[p] = c * x - s * y;
  row[q] = s * x + c * y;
}

function orthonormal(vectors: number[][]): number[][] {
  const done: number[][] = [];
  for (const vector of vectors) {
    // Twice is enough (Parlett, The Symmetric Eigenvalue Problem, 6.9).
    for (let pass = 0; pass < 2; pass++) {
      for (const other of done) {
        const share = dot(vector, other);
        for (let i = 0; i < vector.length; i++) vector[i]! -= share * other[i]!;
      }
    }
    const length = Math.sqrt(dot(vector, vector));
    done.push(length > 0 ? vector.map((value) => value / length) : vector);
  }
  return done;
}

function inOrder(values: number[], vectors: number[][]): Eigen {
  const order = values.map((_, i) => i).sort((i, j) => values[j]! - values[i]! || i - j);
  return { values: order.map((i) => values[i]!), vectors: order.map((i) => pointed(vectors[i]!)) };
}

function pointed(vector: number[]): number[] {
  const largest = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) + 1e-12 ? value : best), 0);
  return largest < 0 ? vector.map((value) => -value) : vector;
}

function times(matrix: readonly (readonly number[])[], vector: readonly number[]): number[] {
  return matrix.map((row) => dot(row, vector));
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
