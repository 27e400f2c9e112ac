import { GRID_BINS } from './make-profile.ts';
import type { CategoricalProfile, ColumnProfile, NumericProfile } from './profile.ts';

/** Finite values by cell, in order: under the grid, its bins, over it. */
export function numericCells(profile: NumericProfile): number[] {
  const cells = new Array<number>(GRID_BINS + 2).fill(0);
  cells[0] = profile.under;
  cells[GRID_BINS + 1] = profile.over;
  for (const [bin, count] of profile.bins) cells[bin + 1] = count;
  return cells;
}

/** Counts of the reference's categories in its order, then other, then unseen. */
export function categoricalCells(profile: CategoricalProfile, categories: string[]): number[] {
  const counts = new Map(profile.counts);
  return [...categories.map((category) => counts.get(category) ?? 0), profile.other, profile.unseen];
}

/** Rows without a usable value: NULL, and for numbers also NaN and infinities. */
export function missingRows(profile: ColumnProfile): number {
  return profile.kind === 'numeric' ? profile.nulls + profile.nans + profile.infinities : profile.nulls;
}

/**
 * Sums the smallest cells into one until every cell expects at least `least` rows in the smaller of the two samples
 * when both come from the same distribution. Never more cells than n / least, so χ² is a fair approximation.
 */
export function poolCells(a: number[], b: number[], least = 5): { a: number[]; b: number[] } {
  let totalA = 0;
  let totalB = 0;
  for (let i = 0; i < a.length; i++) {
    totalA += a[i]!;
    totalB += b[i]!;
  }
  const scale = Math.min(totalA, totalB) / Math.max(1, totalA + totalB);
  const cells = a
    .map((count, i) => ({ a: count, b: b[i]!, expected: (count + b[i]!) * scale }))
    .filter((cell) => cell.expected > 0)
    .sort((x, y) => x.expected - y.expected);
  const pooled: typeof cells = [];
  for (const cell of cells) {
    const last = pooled.at(-1);
    if (last && last.expected < least) {
      last.a += cell.a;
      last.b += cell.b;
      last.expected += cell.expected;
    } else pooled.push({ ...cell });
  }
  return { a: pooled.map((cell) => cell.a), b: pooled.map((cell) => cell.b) };
}

/** The grid's cells joined into about ten with equal shares of the reference, for the explanatory figures. */
export function decileCells(reference: number[], window: number[]): { a: number[]; b: number[] } {
  const total = reference.reduce((sum, count) => sum + count, 0);
  const a: number[] = [0];
  const b: number[] = [0];
  let cumulative = 0;
  reference.forEach((count, i) => {
    a[a.length - 1]! += count;
    b[b.length - 1]! += window[i]!;
    cumulative += count;
    if (cumulative >= (total * a.length) / 10 && a.length < 10) {
      a.push(0);
      b.push(0);
    }
  });
  return { a, b };
}
