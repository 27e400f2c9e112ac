/** Intervals and p-values from bootstrap replicates. */
import type { Estimate } from '../evaluation.ts';
import { normalCdf, normalQuantile } from './normal-quantile.ts';
import { percentile } from './percentile.ts';

/**
 * `percentile` of the replicates; `basic`: reflected about the estimate, for a metric whose replicates lie to one side of
 * it (the calibration error of a resample is larger than that of the rows); `bca`: percentiles moved for bias and skewness
 * (Efron 1987).
 */
export type BootstrapKind = { kind: 'percentile' } | { kind: 'basic' } | { kind: 'bca'; acceleration: number };

/** Fewer replicates than this beyond 0 and their share is too coarse a p-value. */
const FEWEST_BEYOND = 10;

/** Bounds are `null` when more than one replicate in a hundred is not defined. */
export function bootstrapInterval(
  value: number,
  draws: Float64Array,
  how: BootstrapKind,
  confidence: number,
): Estimate {
  const sorted = draws.filter((draw) => !Number.isNaN(draw)).sort();
  if (sorted.length === 0 || sorted.length < draws.length * 0.99) return { value, lower: null, upper: null };
  const tails = [(1 - confidence) / 2, (1 + confidence) / 2] as const;
  if (how.kind === 'bca') {
    const [lower, upper] = tails.map((share) => percentile(sorted, moved(share, value, sorted, how.acceleration)));
    return { value, lower: lower as number, upper: upper as number };
  }
  const [low, high] = [percentile(sorted, tails[0]), percentile(sorted, tails[1])];
  if (how.kind === 'percentile') return { value, lower: low, upper: high };
  return { value, lower: 2 * value - high, upper: 2 * value - low };
}

/**
 * Two-sided, of "it is 0": the smallest 1 − confidence whose interval leaves 0 out. Where hardly any replicate is beyond
 * 0, the normal tail with their standard deviation, since a share of a thousand draws cannot be told below a thousandth.
 */
export function bootstrapP(value: number, draws: Float64Array, how: BootstrapKind): number | undefined {
  const told = draws.filter((draw) => !Number.isNaN(draw));
  if (told.length === 0 || told.length < draws.length * 0.99) return undefined;
  // The basic interval leaves 0 out where the percentile interval leaves 2 · value out.
  const at = how.kind === 'basic' ? 2 * value : 0;
  const [below, same] = [countBelow(told, at), countSame(told, at)];
  const beyond = Math.min(below + same, told.length - below);
  if (same === told.length) return 1;
  const normal = 2 * normalCdf(-Math.abs(value) / deviation(told));
  const share = (below + same / 2 + 0.5) / (told.length + 1);
  const coarse = (2 * (beyond + 1)) / (told.length + 1);
  if (beyond < FEWEST_BEYOND) return Math.min(1, coarse, normal);
  return how.kind === 'bca' ? bcaP(share, biasOf(value, told), how.acceleration) : Math.min(1, coarse);
}

/** Where BCa reads the percentile in place of `share`. */
function moved(share: number, value: number, sorted: Float64Array, acceleration: number): number {
  const bias = biasOf(value, sorted);
  const reach = bias + normalQuantile(share);
  const denominator = 1 - acceleration * reach;
  // Beyond this pole the formula has no meaning; it takes more skewness than any rows that pass the minimum have.
  if (denominator <= 0) return share;
  return normalCdf(bias + reach / denominator);
}

/** The α of the BCa bound that lies at the percentile `share`, on either side. */
function bcaP(share: number, bias: number, acceleration: number): number {
  const distance = normalQuantile(share) - bias;
  const z = distance / (1 + acceleration * distance) - bias;
  return Math.min(1, 2 * normalCdf(-Math.abs(z)));
}

/** Bias correction: the normal quantile of the share of replicates below the estimate, equal ones by half. */
function biasOf(value: number, draws: Float64Array): number {
  const share = (countBelow(draws, value) + countSame(draws, value) / 2) / draws.length;
  return share <= 0 || share >= 1 ? 0 : normalQuantile(share);
}

function countBelow(draws: Float64Array, value: number): number {
  let count = 0;
  for (const draw of draws) if (draw < value) count += 1;
  return count;
}

function countSame(draws: Float64Array, value: number): number {
  let count = 0;
  for (const draw of draws) if (draw === value) count += 1;
  return count;
}

function deviation(draws: Float64Array): number {
  let sum = 0;
  for (const draw of draws) sum += draw;
  const mean = sum / draws.length;
  let squares = 0;
  for (const draw of draws) squares += (draw - mean) ** 2;
  return Math.sqrt(squares / Math.max(1, draws.length - 1));
}
