/** The delta method: intervals and p-values from the influence of each row, without resampling. */
import type { Estimate } from '../evaluation.ts';
import type { Comparison, PairValues } from './comparison.ts';
import type { Spread } from './influence-spread.ts';
import type { PairSpreads } from './pair-influence.ts';
import { studentQuantile, studentTwoSided } from './student.ts';

export function deltaComparison(values: PairValues, spreads: PairSpreads, confidence: number): Comparison {
  const candidate = deltaInterval(values.candidate, spreads.candidate, confidence);
  if (values.champion === undefined || spreads.champion === undefined || spreads.difference === undefined) {
    return { method: 'delta', candidate };
  }
  const difference = values.candidate - values.champion;
  return {
    method: 'delta',
    candidate,
    champion: deltaInterval(values.champion, spreads.champion, confidence),
    difference: deltaInterval(difference, spreads.difference, confidence),
    p: deltaP(difference, spreads.difference),
    ...effectOf(difference, spreads.deviation),
  };
}

/** Two-sided, of "it is 0". */
export function deltaP(value: number, spread: Omit<Spread, 'acceleration'>): number {
  if (value === 0) return 1;
  return spread.standardError > 0 ? studentTwoSided(value / spread.standardError, spread.degrees) : 0;
}

/** Cohen's d of paired rows; nothing where the rows do not differ. */
export function effectOf(difference: number, deviation: number | undefined): { effect?: number } {
  return deviation !== undefined && deviation > 0 ? { effect: difference / deviation } : {};
}

function deltaInterval(value: number, spread: Spread, confidence: number): Estimate {
  const reach = studentQuantile((1 + confidence) / 2, spread.degrees) * spread.standardError;
  return { value, lower: value - reach, upper: value + reach };
}
