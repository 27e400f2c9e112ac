import type { Estimate } from '../evaluation.ts';
import type { Comparison } from './comparison.ts';
import { exactP, exactReach } from './exact-reach.ts';

type Limits = {
  /** What the metric can be at least and at most. */
  range: readonly [number, number];
  /** Independent rows behind the metric. */
  units: number;
  confidence: number;
  /** Both models answer the same everywhere, so that there is no difference, certainly. */
  same: boolean;
  /** The metric is of the answers alone: where it is the same on all rows, that is how the model is. */
  ofAnswers: boolean;
  /** The range is the catalogue's, by which others tell bounds from their counts. */
  isStated: boolean;
};

/** Less than this share of the metric is rounding, and no spread. */
const ROUNDING = 1e-12;

/**
 * Bounds stay within what the metric can be, hold the value, and claim no certainty where the rows happen to agree: there
 * they reach as far as Clopper and Pearson's bound of no success, and cannot be told of a metric without finite range. The
 * difference reaches at least as far as that of either model. Models that answer the same everywhere do not differ,
 * certainly.
 */
export function withinBounds(comparison: Comparison, limits: Limits): Comparison {
  const ofModel = (estimate: Estimate) => withReach(estimate, limits, limits.range, Math.abs(estimate.value));
  const { champion, difference, p: _, effect: __, ...rest } = comparison;
  const candidate = ofModel(comparison.candidate);
  if (champion === undefined || difference === undefined) return { ...comparison, candidate };
  const models = { candidate, champion: ofModel(champion) };
  if (limits.same && difference.lower !== null) {
    return { ...comparison, ...models, difference: { value: 0, lower: 0, upper: 0 } };
  }
  return { ...rest, ...models, ...differenceOf(comparison as Compared, models, limits) };
}

type Models = { candidate: Estimate; champion: Estimate };
type Compared = Comparison & { champion: Estimate; difference: Estimate };

function differenceOf(raw: Compared, models: Models, limits: Limits): Pick<Comparison, 'difference' | 'p' | 'effect'> {
  const { difference, p, effect } = raw;
  const width = limits.range[1] - limits.range[0];
  const scale = Math.max(Math.abs(raw.candidate.value), Math.abs(raw.champion.value));
  const alone = withReach(difference, limits, [-width, width], scale);
  const told = withModels(alone, raw, models);
  if (told.lower === null) return { difference: told };
  const isSpread = !isFlat(difference, scale);
  const distance = Math.abs(told.value) > ROUNDING * scale ? Math.abs(told.value) / width : 0;
  const least = isSpread && told === alone ? 0 : exactP(distance, limits.units);
  return {
    difference: told,
    ...(p === undefined ? {} : { p: Math.max(p, least) }),
    ...(isSpread && effect !== undefined ? { effect } : {}),
  };
}

/** `scale`: size of what the value was computed from. */
function isFlat({ lower, upper }: Estimate, scale: number): boolean {
  return lower !== null && upper !== null && upper - lower <= ROUNDING * scale;
}

function withReach(estimate: Estimate, limits: Limits, range: readonly [number, number], scale: number): Estimate {
  const { value, lower, upper } = estimate;
  if (lower === null || upper === null || Number.isNaN(upper - lower)) return { value, lower: null, upper: null };
  if (!isFlat(estimate, scale)) return clipped(estimate, lower, upper, range);
  const width = limits.range[1] - limits.range[0];
  if (limits.ofAnswers) return { value, lower: value, upper: value };
  if (!Number.isFinite(width)) return { value, lower: null, upper: null };
  const reach = exactReach(limits.units, limits.confidence, width);
  const from = { kind: 'extreme', rows: limits.units } as const;
  const exact = { value, lower, upper, ...(limits.isStated ? { from } : {}) };
  return clipped(exact, value - reach, value + reach, range);
}

/** By rounding a value may be just outside its bounds; one whose bias was taken off has no place to be in them. */
function clipped(
  estimate: Estimate,
  lower: number,
  upper: number,
  [lowest, highest]: readonly [number, number],
): Estimate {
  const { value, centre } = estimate;
  const [least, most] = centre === undefined ? [Math.min(value, lower), Math.max(value, upper)] : [lower, upper];
  return { ...estimate, lower: Math.max(lowest, least), upper: Math.min(highest, most) };
}

/** As far at least as a model may be from where all its rows are, the other being what it seems. */
function withModels(between: Estimate, raw: Models, { candidate, champion }: Models): Estimate {
  if (candidate.lower === null || champion.lower === null) return { value: between.value, lower: null, upper: null };
  if (between.lower === null || between.upper === null) return between;
  const ends: number[] = [];
  if (isFlat(raw.candidate, Math.abs(candidate.value))) {
    ends.push(candidate.lower - champion.value, (candidate.upper as number) - champion.value);
  }
  if (isFlat(raw.champion, Math.abs(champion.value))) {
    ends.push(candidate.value - (champion.upper as number), candidate.value - champion.lower);
  }
  const [lower, upper] = [Math.min(between.lower, ...ends), Math.max(between.upper, ...ends)];
  const isWider = lower < between.lower - ROUNDING || upper > between.upper + ROUNDING;
  const { value, centre } = between;
  return isWider ? { value, lower, upper, ...(centre === undefined ? {} : { centre }) } : between;
}
