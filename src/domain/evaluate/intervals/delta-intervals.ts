/** The delta method: intervals and p-values from the influence of each row, without resampling. */
import type { Estimate } from '../evaluation.ts';
import type { IntervalLevel } from './bootstrap-interval.ts';
import type { Comparison, PairValues } from './comparison.ts';
import type { PairSpreads } from './pair-influence.ts';
import { studentQuantile, studentTwoSided } from './student.ts';

export function deltaComparison(values: PairValues, spreads: PairSpreads, level: IntervalLevel): Comparison {
  const candidate = deltaInterval(values.candidate, spreads.candidate.standardError, level);
  if (values.champion === undefined || spreads.champion === undefined || spreads.difference === undefined) {
    return { method: 'delta', candidate };
  }
  const difference = values.candidate - values.champion;
  return {
    method: 'delta',
    candidate,
    champion: deltaInterval(values.champion, spreads.champion.standardError, level),
    difference: deltaInterval(difference, spreads.difference.standardError, level),
    p: deltaP(difference, spreads.difference.standardError, level.degrees),
    ...effectOf(difference, spreads.deviation),
  };
}

/** Two-sided, of "it is 0". */
export function deltaP(value: number, standardError: number, degrees: number): number {
  if (value === 0) return 1;
  return standardError > 0 ? studentTwoSided(value / standardError, degrees) : 0;
}

/** Cohen's d of paired rows; nothing where the rows do not differ. */
export function effectOf(difference: number, deviation: number | undefined): { effect?: number } {
  return deviation !== undefined && deviation > 0 ? { effect: difference / deviation } : {};
}

export function deltaInterval(value: number, standardError: number, { confidence, degrees }: IntervalLevel): Estimate {
  const reach = studentQuantile((1 + confidence) / 2, degrees) * standardError;
  return { value, lower: value - reach, upper: value + reach };
}
