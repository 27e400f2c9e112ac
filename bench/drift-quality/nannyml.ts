/**
 * Default rule of NannyML 0.13.1's UnivariateDriftCalculator, after its package's methods.py and thresholds.py: the
 * Jensen–Shannon distance (base 2) of a chunk to the reference, of numbers by the equal-width bins that numpy's `doane` lays over the reference
 * and one for what lies outside, of categories by themselves and one for new ones; missing values are left out. Alert
 * when it is above mean + 3 standard deviations of the reference's own chunks. A chunk is a window here, as
 * `chunk_period` has it; by default it would be a tenth of the reference.
 */
import type { ColumnModel, DrawnColumn } from './column-models.ts';
import type { Reference, Watch } from './rule.ts';
import { totals } from './streams.ts';

const DEVIATIONS = 3;

/** `bins`: of each cell; the last one, `outside`, holds what the reference does not have. */
type Bins = { bins: Int32Array; outside: number };
type Fitted = Bins & { shares: Float64Array; threshold: number };

/** An alert of any column. */
export function watchWithNannyMl(reference: Reference): Watch {
  const columns = totals(reference.windows);
  const fitted = reference.columns.map((model, i) =>
    fitColumn(
      model,
      columns[i]!,
      reference.windows.map((window) => window.columns[i]!),
    ),
  );
  return (window) =>
    fitted.some((one, i) => {
      const column = window.columns[i];
      return column !== undefined && distance(one, column) > one.threshold;
    });
}

export function fitColumn(model: ColumnModel, reference: DrawnColumn, chunks: DrawnColumn[]): Fitted {
  const bins = model.kind === 'numeric' ? doaneBins(reference.counts, model.cells.values) : ownBins(reference.counts);
  const fitted = { ...bins, shares: binShares(bins, reference), threshold: 0 };
  const distances = chunks.map((chunk) => distance(fitted, chunk)).filter((value) => !Number.isNaN(value));
  const mean = distances.reduce((sum, value) => sum + value, 0) / distances.length;
  const variance = distances.reduce((sum, value) => sum + (value - mean) ** 2, 0) / distances.length;
  return { ...fitted, threshold: mean + DEVIATIONS * Math.sqrt(variance) };
}

/** NaN, which is above nothing, when the chunk has no values. */
export function distance({ shares, ...bins }: Omit<Fitted, 'threshold'>, chunk: DrawnColumn): number {
  const observed = binShares(bins, chunk);
  let divergence = 0;
  for (let bin = 0; bin < shares.length; bin += 1) {
    const p = shares[bin]!;
    const q = observed[bin]!;
    const middle = (p + q) / 2;
    if (p > 0) divergence += (p * Math.log2(p / middle)) / 2;
    if (q > 0) divergence += (q * Math.log2(q / middle)) / 2;
    else if (Number.isNaN(q)) return Number.NaN;
  }
  return Math.sqrt(Math.max(0, divergence));
}

function binShares({ bins, outside }: Bins, { rows, nulls, unseen, counts }: DrawnColumn): Float64Array {
  const shares = new Float64Array(outside + 1);
  for (let cell = 0; cell < counts.length; cell += 1) shares[bins[cell]!]! += counts[cell]!;
  shares[outside]! += unseen;
  return shares.map((count) => count / (rows - nulls));
}

/** Categories that the reference has, in order. */
function ownBins(counts: Float64Array): Bins {
  let next = 0;
  const bins = Int32Array.from(counts, (count) => (count > 0 ? next++ : -1));
  return { bins: bins.map((bin) => (bin < 0 ? next : bin)), outside: next };
}

/** Doane's number of bins: 1 + log2 n + log2(1 + |skewness| / its standard error), from the least value to the largest. */
function doaneBins(counts: Float64Array, values: Float64Array): Bins {
  const [n, skewness] = shapeOf(counts, values);
  const error = Math.sqrt((6 * (n - 2)) / ((n + 1) * (n + 3)));
  const count = Math.ceil(1 + Math.log2(n) + Math.log2(1 + Math.abs(skewness) / error));
  const low = values[counts.findIndex((one) => one > 0)]!;
  const high = values[counts.findLastIndex((one) => one > 0)]!;
  const bins = Int32Array.from(values, (value) => {
    if (value < low || value > high) return count;
    return Math.min(count - 1, Math.floor(((value - low) / (high - low)) * count));
  });
  return { bins, outside: count };
}

function shapeOf(counts: Float64Array, values: Float64Array): [number, number] {
  let [n, mean] = [0, 0];
  counts.forEach((count, i) => {
    n += count;
    mean += count * values[i]!;
  });
  mean /= n;
  let [second, third] = [0, 0];
  counts.forEach((count, i) => {
    const away = values[i]! - mean;
    second += count * away ** 2;
    third += count * away ** 3;
  });
  return [n, third / n / (second / n) ** 1.5];
}
