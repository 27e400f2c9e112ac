/** An interval at another confidence than it was made with. */
import type { Counts, Estimate } from '../evaluate/evaluation.ts';
import { exactReach } from '../evaluate/intervals/exact-reach.ts';
import { tangoInterval, wilsonInterval } from '../evaluate/intervals/proportion-intervals.ts';
import { studentQuantile } from '../evaluate/intervals/student.ts';

type Range = readonly [number, number];

export type Confidences = {
  from: number;
  to: number;
  /** Of Student's t, ∞ when not given. */
  degrees?: number | undefined;
  /** What the metric can be, where it has ends. */
  range?: Range | undefined;
  /** It is a difference of two of them. */
  signed?: boolean | undefined;
};

/**
 * From its counts where it has them; else each side in proportion to the quantile of Student's t, about the centre of the
 * interval. A bound at the end of what can be is no quantile and stays there. Bounds are told or `null`, never NaN.
 */
export function atConfidence(estimate: Estimate, confidences: Confidences): Estimate {
  const { from, to, degrees } = confidences;
  const told = withoutNaN(estimate);
  if (from === to || told.lower === null || told.upper === null) return told;
  const limits = limitsOf(confidences);
  if (told.from !== undefined) return within(limits, fromCounts(told, told.from, confidences));
  const scale = reachOf(to, degrees) / reachOf(from, degrees);
  const centre = centreOf(told);
  const lower = told.lower <= limits[0] ? limits[0] : centre - (centre - told.lower) * scale;
  const upper = told.upper >= limits[1] ? limits[1] : centre + (told.upper - centre) * scale;
  return within(limits, { ...told, lower, upper });
}

/** Half-width of a two-sided interval in standard errors; `degrees`: of freedom, ∞ for the normal distribution. */
export function reachOf(confidence: number, degrees = Number.POSITIVE_INFINITY): number {
  return -studentQuantile((1 - confidence) / 2, degrees);
}

/** What the interval was built around, which need not be its value. */
export function centreOf({ value, centre = value }: Estimate): number {
  return centre;
}

/** The least and the most that an estimate can be: of a metric, or of a difference of two of them. */
export function limitsOf({ range, signed = false }: Pick<Confidences, 'range' | 'signed'>): Range {
  const [lowest, highest] = range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  return signed ? [lowest - highest, highest - lowest] : [lowest, highest];
}

function fromCounts(estimate: Estimate, counts: Counts, { to, range = [0, 1] }: Confidences): Estimate {
  switch (counts.kind) {
    case 'share':
      return wilsonInterval(counts.successes, counts.rows, to);
    case 'paired':
      return tangoInterval(counts.gained, counts.lost, counts.rows, to);
    case 'extreme': {
      const { value, lower, upper } = estimate;
      const reach = exactReach(counts.rows, to, range[1] - range[0]);
      return {
        ...estimate,
        lower: lower === value ? value : value - reach,
        upper: upper === value ? value : value + reach,
      };
    }
  }
}

function within([lowest, highest]: Range, estimate: Estimate): Estimate {
  const { lower, upper } = estimate;
  return { ...estimate, lower: Math.max(lowest, lower as number), upper: Math.min(highest, upper as number) };
}

function withoutNaN(estimate: Estimate): Estimate {
  const told = (bound: number | null) => (bound === null || Number.isNaN(bound) ? null : bound);
  return { ...estimate, lower: told(estimate.lower), upper: told(estimate.upper) };
}
