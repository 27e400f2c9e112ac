import type { Estimate } from '../evaluation.ts';
import type { DelongResult } from './delong.ts';
import { exactExtreme } from './exact-extreme.ts';
import { normalQuantile } from './normal-quantile.ts';

export type AucIntervals = { candidate: Estimate; champion?: Estimate; difference?: Estimate };

/** Normal intervals from DeLong's covariance; the first area is the candidate's, the second the champion's. */
export function aucIntervals(result: DelongResult, confidence: number): AucIntervals {
  const z = normalQuantile((1 + confidence) / 2);
  const area = (index: number): Estimate => {
    const value = result.areas[index] as number;
    const spread = z * Math.sqrt(result.covariance[index]?.[index] as number);
    // The classes do not overlap at all.
    if (spread === 0) return exactExtreme(value, Math.min(result.positives, result.negatives), confidence);
    return { value, lower: Math.max(0, value - spread), upper: Math.min(1, value + spread) };
  };
  const candidate = area(0);
  if (result.areas.length < 2) return { candidate };
  const champion = area(1);
  return { candidate, champion, difference: differenceOf(result, candidate, champion, z) };
}

function differenceOf(result: DelongResult, candidate: Estimate, champion: Estimate, z: number): Estimate {
  const [one, other] = result.covariance as [number[], number[]];
  const value = candidate.value - champion.value;
  const variance = (one[0] as number) + (other[1] as number) - 2 * (one[1] as number);
  const spread = z * Math.sqrt(Math.max(0, variance));
  const degenerate = one[0] === 0 || other[1] === 0;
  if (!degenerate) return { value, lower: value - spread, upper: value + spread };
  return {
    value,
    lower: (candidate.lower as number) - (champion.upper as number),
    upper: (candidate.upper as number) - (champion.lower as number),
  };
}
