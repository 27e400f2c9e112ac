/** A slice against what it is held against, by the real metric. */

import type { MetricName } from '../../spec/valid.ts';
import { type ComparisonOptions, compareMetrics } from '../compare-metrics.ts';
import type { Estimate, TriedSlice } from '../evaluation.ts';
import { normalCdf, normalQuantile } from '../intervals/normal-quantile.ts';
import { type ScoredRows, selectRows } from '../scored-rows.ts';

export type Contrast = Omit<TriedSlice, 'name' | 'explained'>;

export type Question = { metric: MetricName; better: 'higher' | 'lower'; options: ComparisonOptions };

/** The candidate's metric on some rows; `undefined` where it cannot be told with its interval. */
export function candidateOn(scored: ScoredRows, { metric, options }: Question): Estimate | undefined {
  const { champion: _, ...alone } = scored;
  const [own] = compareMetrics(alone, [metric], options);
  return own !== undefined && isTold(own.candidate) ? own.candidate : undefined;
}

/**
 * `rest`: what the slice is held against where there is no champion. `undefined` where there are not rows enough to
 * tell.
 */
export function sliceContrast(
  scored: ScoredRows,
  slice: Int32Array,
  rest: () => Estimate | undefined,
  { metric, better, options }: Question,
): Contrast | undefined {
  const [own] = compareMetrics(selectRows(scored, slice), [metric], options);
  if (own === undefined || !isTold(own.candidate)) return undefined;
  const common = { rows: slice.length, candidate: own.candidate };
  const isWorse = (difference: Estimate) => (better === 'higher' ? difference.value < 0 : difference.value > 0);
  if (scored.champion !== undefined) {
    const { champion, difference, p } = own;
    if (champion === undefined || difference === undefined || !isTold(difference)) return undefined;
    const told = p ?? pOf(difference, options.confidence);
    const degrees = own.degrees === undefined ? {} : { degrees: own.degrees };
    return {
      ...common,
      against: 'champion',
      other: champion,
      difference,
      ...degrees,
      p: isWorse(difference) ? told : 1,
    };
  }
  const other = rest();
  if (other === undefined) return undefined;
  const difference = independentDifference(own.candidate, other);
  const p = isWorse(difference) ? pOf(difference, options.confidence) : 1;
  return { ...common, against: 'rest', other, difference, p };
}

function isTold({ lower, upper }: Estimate): boolean {
  return lower !== null && upper !== null;
}

/**
 * Square-and-add of the limits of two independent estimates (Zou & Donner, Statistics in Medicine 27, 2008), about their
 * centres.
 */
function independentDifference(one: Estimate, other: Estimate): Estimate {
  const centre = centreOf(one) - centreOf(other);
  const reach = (a: number | null, b: number | null) =>
    Math.hypot((a as number) - centreOf(one), (b as number) - centreOf(other));
  const [lower, upper] = [centre - reach(one.lower, other.upper), centre + reach(one.upper, other.lower)];
  const value = one.value - other.value;
  return { value, lower, upper, ...(centre === value ? {} : { centre }) };
}

/** Two-sided, of "it is 0", by the normal distribution whose interval reaches as far towards 0. */
function pOf(estimate: Estimate, confidence: number): number {
  const { value, lower, upper } = estimate;
  const centre = centreOf(estimate);
  // On the other side of 0 than the value nothing is said of it.
  if (centre * value <= 0) return 1;
  const reach = centre > 0 ? centre - (lower as number) : (upper as number) - centre;
  if (reach <= 0) return 0;
  return 2 * normalCdf((-Math.abs(centre) * normalQuantile((1 + confidence) / 2)) / reach);
}

function centreOf({ value, centre = value }: Estimate): number {
  return centre;
}
