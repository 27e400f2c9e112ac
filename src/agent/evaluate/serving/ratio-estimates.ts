/** Ratios candidate / champion of what was measured in turn, with their intervals. */
import type { Estimate } from '../../../domain/evaluate/evaluation.ts';
import { percentile } from '../../../domain/evaluate/intervals/percentile.ts';
import { seededRandom } from './seeded-random.ts';

const RESAMPLES = 1_000;
/** Neighbours in time are alike (a busy machine, a warm cache): they are drawn together. */
const BLOCK = 10;

/** Times of the same requests, in their order. */
export type PairedTimes = { candidate: Float64Array; champion: Float64Array };

/**
 * Ratio of the quantiles `shares`, each with its percentile interval of a moving-block bootstrap (Künsch 1989) over
 * requests: both models keep what they took for a request.
 */
export function quantileRatios(
  { candidate, champion }: PairedTimes,
  shares: readonly number[],
  options: { seed: number; confidence: number; block?: number },
): Estimate[] {
  const rows = candidate.length;
  const block = Math.min(options.block ?? BLOCK, rows);
  const random = seededRandom(options.seed);
  const replicates = shares.map(() => new Float64Array(RESAMPLES));
  const [mine, its] = [new Float64Array(rows), new Float64Array(rows)];
  for (let resample = 0; resample < RESAMPLES; resample += 1) {
    for (let filled = 0; filled < rows; filled += block) {
      const start = Math.floor(random() * (rows - block + 1));
      const taken = Math.min(block, rows - filled);
      mine.set(candidate.subarray(start, start + taken), filled);
      its.set(champion.subarray(start, start + taken), filled);
    }
    const drawn = ratios(mine.sort(), its.sort(), shares);
    for (const [index, ratio] of drawn.entries()) (replicates[index] as Float64Array)[resample] = ratio;
  }
  const tail = (1 - options.confidence) / 2;
  return ratios(candidate.slice().sort(), champion.slice().sort(), shares).map((value, index) => {
    const sorted = (replicates[index] as Float64Array).sort();
    return { value, lower: percentile(sorted, tail), upper: percentile(sorted, 1 - tail) };
  });
}

function ratios(candidate: Float64Array, champion: Float64Array, shares: readonly number[]): number[] {
  return shares.map((share) => percentile(candidate, share) / percentile(champion, share));
}

/** Of the medians; from the lowest to the highest ratio of any two runs, which needs no assumption and few runs. */
export function rangeRatio(candidate: readonly number[], champion: readonly number[]): Estimate {
  const value = median(candidate) / median(champion);
  if (candidate.length < 2 || champion.length < 2) return { value, lower: null, upper: null };
  return {
    value,
    lower: Math.min(...candidate) / Math.max(...champion),
    upper: Math.max(...candidate) / Math.min(...champion),
  };
}

export function median(values: readonly number[]): number {
  return percentile(Float64Array.from(values).sort(), 0.5);
}
