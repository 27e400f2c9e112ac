/** Counts of rows by cell, drawn without drawing the rows: the same distribution, at a cost that does not grow with them. */
import { normal } from '../simulation/normal.ts';

/** Expectations up to here are drawn exactly, by inversion; beyond it the rounded normal is as good as exact. */
const INVERTED = 50;

/** Multinomial: `rows` over cells of these weights (any sum). */
export function drawCounts(rows: number, weights: Float64Array, random: () => number): Float64Array {
  return rows < 4 * weights.length ? drawRows(rows, weights, random) : drawCells(rows, weights, random);
}

/** A row at a time, each looked up in the cumulative weights. */
function drawRows(rows: number, weights: Float64Array, random: () => number): Float64Array {
  const counts = new Float64Array(weights.length);
  const cumulative = new Float64Array(weights.length);
  let total = 0;
  for (let cell = 0; cell < weights.length; cell += 1) {
    total += weights[cell]!;
    cumulative[cell] = total;
  }
  for (let row = 0; row < rows; row += 1) {
    const drawn = random() * total;
    let low = 0;
    let high = weights.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle]! > drawn) high = middle;
      else low = middle + 1;
    }
    counts[low]! += 1;
  }
  return counts;
}

/** A cell at a time: binomial, given what the cells before it took. */
function drawCells(rows: number, weights: Float64Array, random: () => number): Float64Array {
  const counts = new Float64Array(weights.length);
  let left = rows;
  let weight = 0;
  for (const one of weights) weight += one;
  for (let cell = 0; cell < weights.length && left > 0; cell += 1) {
    const one = weights[cell]!;
    if (one <= 0) continue;
    const count = weight - one <= 1e-15 ? left : drawBinomial(left, Math.min(1, one / weight), random);
    counts[cell] = count;
    left -= count;
    weight -= one;
  }
  return counts;
}

export function drawBinomial(rows: number, share: number, random: () => number): number {
  if (share <= 0 || rows <= 0) return 0;
  if (share >= 1) return rows;
  if (share > 0.5) return rows - drawBinomial(rows, 1 - share, random);
  const mean = rows * share;
  if (mean > INVERTED) {
    const drawn = Math.round(mean + Math.sqrt(mean * (1 - share)) * normal(random));
    return Math.min(rows, Math.max(0, drawn));
  }
  let density = Math.exp(rows * Math.log1p(-share));
  let drawn = random();
  const odds = share / (1 - share);
  for (let count = 0; count < rows; count += 1) {
    if (drawn <= density) return count;
    drawn -= density;
    density *= ((rows - count) / (count + 1)) * odds;
    if (density < 1e-18 && count > mean) return count;
  }
  return rows;
}
