/** Intervals and p-values from bootstrap replicates. */
import type { Estimate } from '../evaluation.ts';
import { normalCdf, normalQuantile } from './normal-quantile.ts';
import { studentQuantile, studentTwoSided } from './student.ts';

/** `percentile` of the replicates; `bca`: percentiles moved for bias and skewness (Efron 1987). */
export type BootstrapKind = { kind: 'percentile' } | { kind: 'bca'; acceleration: number };

/** `degrees`: independent units behind the metric less one, ∞ for no correction. */
export type IntervalLevel = { confidence: number; degrees: number };

/** Fewer replicates than this beyond 0 and their share is too coarse a p-value. */
const FEWEST_BEYOND = 10;

/** Fewer replicates than this beyond a bound and it would be one of the most extreme ones, whatever the confidence. */
const FEWEST_OUTSIDE = 5;

/** Bounds are `null` when more than one replicate in a hundred is not defined. */
export function bootstrapInterval(
  value: number,
  draws: Float64Array,
  how: BootstrapKind,
  { confidence, degrees }: IntervalLevel,
): Estimate {
  const sorted = draws.filter((draw) => !Number.isNaN(draw)).sort();
  if (sorted.length === 0 || sorted.length < draws.length * 0.99) return { value, lower: null, upper: null };
  if ((sorted.length * (1 - confidence)) / 2 < FEWEST_OUTSIDE)
    return standardInterval(value, sorted, { confidence, degrees });
  const tail = expandedTail(confidence, degrees);
  const shares =
    how.kind === 'bca' ? movedShares(tail, biasOf(value, sorted), how.acceleration) : ([tail, 1 - tail] as const);
  const [low, high] = [replicateQuantile(sorted, shares[0]), replicateQuantile(sorted, shares[1])];
  return { value, lower: low, upper: high };
}

/** Student's interval by the standard deviation of the replicates, which a hundred of them tell well enough. */
function standardInterval(value: number, draws: Float64Array, { confidence, degrees }: IntervalLevel): Estimate {
  const expanded = Number.isFinite(degrees) ? Math.sqrt((degrees + 1) / degrees) : 1;
  const reach = studentQuantile((1 + confidence) / 2, degrees) * expanded * deviation(draws);
  return { value, lower: value - reach, upper: value + reach };
}

/**
 * Two-sided, of "it is 0": the smallest 1 − confidence whose interval leaves 0 out. Where hardly any replicate is beyond
 * 0, the normal tail with their standard deviation, since a share of a thousand draws cannot be told below a thousandth.
 */
export function bootstrapP(
  value: number,
  draws: Float64Array,
  how: BootstrapKind,
  degrees: number,
): number | undefined {
  const told = draws.filter((draw) => !Number.isNaN(draw));
  if (told.length === 0 || told.length < draws.length * 0.99) return undefined;
  const { below, same } = countsAt(told, 0);
  if (same === told.length) return 1;
  const beyond = Math.min(below + same, told.length - below);
  const z =
    beyond < FEWEST_BEYOND
      ? Math.max(Math.abs(value) / deviation(told), -normalQuantile((beyond + 1) / (told.length + 1)))
      : normalQuantile((below + same / 2 + 0.5) / (told.length + 1));
  const score = how.kind === 'bca' && beyond >= FEWEST_BEYOND ? bcaScore(z, biasOf(value, told), how.acceleration) : z;
  return studentTwoSided(Number.isFinite(degrees) ? score * Math.sqrt(degrees / (degrees + 1)) : score, degrees);
}

/**
 * Resampling n units knows a spread of (n − 1)/n and nothing of Student: the tail is moved so that the interval of a mean
 * is Student's (expanded percentiles, Hesterberg, The American Statistician 69, 2015).
 */
function expandedTail(confidence: number, degrees: number): number {
  if (!Number.isFinite(degrees)) return (1 - confidence) / 2;
  return normalCdf(studentQuantile((1 - confidence) / 2, degrees) * Math.sqrt((degrees + 1) / degrees));
}

/** Quantile at share · (n + 1): a further draw is below it with that chance. Linear between neighbours. */
function replicateQuantile(sorted: Float64Array, share: number): number {
  const position = Math.min(sorted.length - 1, Math.max(0, share * (sorted.length + 1) - 1));
  const below = Math.floor(position);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * (position - below);
}

/** Where BCa reads the percentiles in place of `tail` and 1 − `tail`. */
function movedShares(tail: number, bias: number, acceleration: number): readonly [number, number] {
  const moved = (share: number) => {
    const reach = bias + normalQuantile(share);
    const denominator = 1 - acceleration * reach;
    // Beyond this pole the formula has no meaning; it takes more skewness than any rows that pass the minimum have.
    return denominator <= 0 ? share : normalCdf(bias + reach / denominator);
  };
  return [moved(tail), moved(1 - tail)];
}

/** The normal quantile that BCa moves to the percentile with normal quantile `z`. */
function bcaScore(z: number, bias: number, acceleration: number): number {
  const distance = z - bias;
  return distance / (1 + acceleration * distance) - bias;
}

/** Bias correction: the normal quantile of the share of replicates below the estimate, equal ones by half. */
function biasOf(value: number, draws: Float64Array): number {
  const { below, same } = countsAt(draws, value);
  const share = (below + same / 2) / draws.length;
  return share <= 0 || share >= 1 ? 0 : normalQuantile(share);
}

function countsAt(draws: Float64Array, value: number): { below: number; same: number } {
  let [below, same] = [0, 0];
  for (const draw of draws) {
    if (draw < value) below += 1;
    else if (draw === value) same += 1;
  }
  return { below, same };
}

function deviation(draws: Float64Array): number {
  let sum = 0;
  for (const draw of draws) sum += draw;
  const mean = sum / draws.length;
  let squares = 0;
  for (const draw of draws) squares += (draw - mean) ** 2;
  return Math.sqrt(squares / Math.max(1, draws.length - 1));
}
