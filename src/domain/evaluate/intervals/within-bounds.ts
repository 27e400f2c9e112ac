import type { Estimate } from '../evaluation.ts';
import type { Comparison } from './comparison.ts';
import { exactExtreme, exactReach } from './exact-extreme.ts';

type Limits = {
  /** What the metric can be at least and at most. */
  range: readonly [number, number];
  /** Independent rows behind the metric. */
  units: number;
  confidence: number;
  /** Both models answer the same everywhere, so that there is no difference, certainly. */
  same: boolean;
};

/**
 * Bounds stay within what the metric can be, and claim no certainty where the rows happen to agree. Models that answer the
 * same everywhere do not differ, certainly.
 */
export function withinBounds(comparison: Comparison, limits: Limits): Comparison {
  const { candidate, champion, difference } = comparison;
  return {
    ...comparison,
    candidate: ofModel(candidate, limits),
    ...(champion === undefined ? {} : { champion: ofModel(champion, limits) }),
    ...(difference === undefined ? {} : { difference: ofDifference(difference, limits) }),
  };
}

function ofModel(estimate: Estimate, { range, units, confidence }: Limits): Estimate {
  if (estimate.lower === null || estimate.upper === null) return estimate;
  const [lowest, highest] = range;
  const isExtreme = estimate.lower === estimate.upper && (estimate.value === lowest || estimate.value === highest);
  if (isExtreme && Number.isFinite(highest - lowest)) return exactExtreme(estimate.value, units, confidence, range);
  return clipped(estimate, lowest, highest);
}

function ofDifference(estimate: Estimate, { range, units, confidence, same }: Limits): Estimate {
  if (estimate.lower === null || estimate.upper === null) return estimate;
  if (same && estimate.value === 0) return { value: 0, lower: 0, upper: 0 };
  const width = range[1] - range[0];
  if (estimate.lower !== estimate.upper || !Number.isFinite(width)) return clipped(estimate, -width, width);
  const reach = exactReach(units, confidence, width);
  return clipped(
    { value: estimate.value, lower: estimate.value - reach, upper: estimate.value + reach },
    -width,
    width,
  );
}

function clipped(estimate: Estimate, lowest: number, highest: number): Estimate {
  const clip = (bound: number | null) => (bound === null ? null : Math.min(highest, Math.max(lowest, bound)));
  return { ...estimate, lower: clip(estimate.lower), upper: clip(estimate.upper) };
}
