import type { Estimate } from '../evaluation.ts';
import type { Comparison } from './comparison.ts';
import type { DelongResult } from './delong.ts';
import { deltaInterval, deltaP, effectOf } from './delta-intervals.ts';

/** Normal intervals from DeLong's covariance; the first area is the candidate's, the second the champion's. */
export function aucIntervals({ areas, covariance, ...classes }: DelongResult, confidence: number): Comparison {
  const level = { confidence, degrees: Number.POSITIVE_INFINITY };
  const area = (index: number): Estimate =>
    deltaInterval(areas[index] as number, Math.sqrt(covariance[index]?.[index] as number), level);
  const candidate = area(0);
  if (areas.length < 2) return { method: 'delong', candidate };
  const champion = area(1);
  const [one, other] = covariance as [number[], number[]];
  const value = candidate.value - champion.value;
  const variance = Math.max(0, (one[0] as number) + (other[1] as number) - 2 * (one[1] as number));
  const standardError = Math.sqrt(variance);
  return {
    method: 'delong',
    candidate,
    champion,
    difference: deltaInterval(value, standardError, level),
    p: deltaP(value, standardError, level.degrees),
    ...effectOf(value, standardError * Math.sqrt(classes.positives + classes.negatives)),
  };
}
