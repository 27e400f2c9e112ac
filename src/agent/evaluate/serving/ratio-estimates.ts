/** Ratios candidate / champion of what was measured in turn, with their intervals. */
import type { Estimate } from '../../../domain/evaluate/evaluation.ts';
import { percentile } from '../../../domain/evaluate/intervals/percentile.ts';
import { seededRandom } from '../../../domain/statistics/seeded-random.ts';

const RESAMPLES = 1_000;
/** Neighbours in time are alike (a busy machine, a warm cache): so many at most are drawn together. */
const LARGEST_BLOCK = 10;
/** Of fewer requests, resamples differ too little from each other to hold the true ratio as often as they should. */
const FEWEST = 15;

/** Times of the same requests, in their order. */
export type PairedTimes = { candidate: Float64Array; champion: Float64Array };

/**
 * Ratio of the quantiles `shares`, each with its percentile interval of a circular block bootstrap (Politis & Romano
 * 1992) over requests: both models keep what they took for a request. No bounds where the requests are too few to tell
 * of the quantile.
 */
export function quantileRatios(
  { candidate, champion }: PairedTimes,
  shares: readonly number[],
  options: { seed: number; confidence: number },
): Estimate[] {
  const rows = candidate.length;
  const tail = (1 - options.confidence) / 2;
  const told = shares.filter((share) => rows >= fewestFor(share, tail));
  const block = Math.min(LARGEST_BLOCK, Math.floor(Math.sqrt(rows)));
  const random = seededRandom(options.seed);
  const replicates = told.map(() => new Float64Array(RESAMPLES));
  const [mine, its] = [rankedTimes(candidate), rankedTimes(champion)];
  const drawn = new Uint16Array(rows);
  for (let resample = 0; told.length > 0 && resample < RESAMPLES; resample += 1) {
    drawBlocks(drawn, block, random);
    for (const [index, share] of told.entries())
      (replicates[index] as Float64Array)[resample] = quantileOf(mine, drawn, share) / quantileOf(its, drawn, share);
  }
  return shares.map((share) => {
    const value = percentile(mine.sorted, share) / percentile(its.sorted, share);
    const sorted = replicates[told.indexOf(share)]?.sort();
    if (sorted === undefined) return { value, lower: null, upper: null };
    return { value, lower: percentile(sorted, tail), upper: percentile(sorted, 1 - tail) };
  });
}

/**
 * With fewer requests all of them lie on one side of the quantile more often than in `tail` of all cases: no interval
 * between two of them would do, whatever the distribution (72 for p95 and 368 for p99 with 95 % confidence).
 */
function fewestFor(share: number, tail: number): number {
  return Math.max(FEWEST, Math.ceil(Math.log(tail) / Math.log(Math.max(share, 1 - share))));
}

/** `order`: the request of each of the sorted times. */
type RankedTimes = { sorted: Float64Array; order: Int32Array };

function rankedTimes(times: Float64Array): RankedTimes {
  const order = Int32Array.from(times, (_, row) => row).sort((a, b) => (times[a] as number) - (times[b] as number));
  return { sorted: Float64Array.from(order, (row) => times[row] as number), order };
}

/** How often each request is drawn, as many in all as there are. After the last comes the first. */
function drawBlocks(drawn: Uint16Array, block: number, random: () => number): void {
  drawn.fill(0);
  for (let filled = 0; filled < drawn.length; filled += block) {
    const start = Math.floor(random() * drawn.length);
    const end = start + Math.min(block, drawn.length - filled);
    for (let place = start; place < end; place += 1) {
      const row = place % drawn.length;
      drawn[row] = (drawn[row] as number) + 1;
    }
  }
}

/** Of the requests as often as they were drawn, linear between neighbours as `percentile`; no resample is sorted. */
function quantileOf({ sorted, order }: RankedTimes, drawn: Uint16Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  let place = 0;
  let seen = drawn[order[0] as number] as number;
  while (seen <= below) seen += drawn[order[++place] as number] as number;
  const low = sorted[place] as number;
  while (seen <= below + 1 && place < sorted.length - 1) seen += drawn[order[++place] as number] as number;
  return low + ((sorted[place] as number) - low) * (position - below);
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

export function median(values: ArrayLike<number>): number {
  return percentile(Float64Array.from(values).sort(), 0.5);
}
