import type { Estimate } from '../evaluation.ts';
import type { Comparison } from './comparison.ts';
import type { DelongResult } from './delong.ts';
import { deltaP } from './delta-intervals.ts';
import { exactExtreme } from './exact-extreme.ts';
import { normalQuantile } from './normal-quantile.ts';

/** Normal intervals from DeLong's covariance; the first area is the candidate's, the second the champion's. */
export function aucIntervals(result: DelongResult, confidence: number): Comparison {
  const z = normalQuantile((1 + confidence) / 2);
  const area = (index: number): Estimate => {
    const value = result.areas[index] as number;
    const spread = z * Math.sqrt(result.covariance[index]?.[index] as number);
    // The classes do not overlap at all.
    if (spread === 0) return exactExtreme(value, Math.min(result.positives, result.negatives), confidence);
    return { value, lower: value - spread, upper: value + spread };
  };
  const candidate = area(0);
  if (result.areas.length < 2) return { method: 'delong', candidate };
  const champion = area(1);
  return { method: 'delong', candidate, champion, ...differenceOf(result, candidate, champion, z) };
}

function differenceOf(result: DelongResult, candidate: Estimate, champion: Estimate, z: number) {
  const [one, other] = result.covariance as [number[], number[]];
  const value = candidate.value - champion.value;
  const variance = Math.max(0, (one[0] as number) + (other[1] as number) - 2 * (one[1] as number));
  const standardError = Math.sqrt(variance);
  const rows = result.positives + result.negatives;
  const told = {
    p: deltaP(value, standardError, Number.POSITIVE_INFINITY),
    ...(standardError > 0 ? { effect: value / (standardError * Math.sqrt(rows)) } : {}),
  };
  const degenerate = one[0] === 0 || other[1] === 0;
  if (!degenerate) {
    return { difference: { value, lower: value - z * standardError, upper: value + z * standardError }, ...told };
  }
  const lower = (candidate.lower as number) - (champion.upper as number);
  const upper = (candidate.upper as number) - (champion.lower as number);
  return { difference: { value, lower, upper }, ...told };
}
