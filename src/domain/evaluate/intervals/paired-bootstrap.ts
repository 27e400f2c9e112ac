import type { Estimate } from '../evaluation.ts';
import type { Statistic } from '../metrics/statistic.ts';
import { percentile } from './percentile.ts';
import type { Resampler } from './resampler.ts';

export type Pair = {
  candidate: Statistic;
  champion?: Statistic;
  /**
   * `percentile` of the replicates, or `basic`: reflected about the estimate, for a metric whose replicates lie to one
   * side of it (the calibration error of a resample is larger than that of the rows).
   */
  interval: 'percentile' | 'basic';
};

export type PairEstimates = { candidate: Estimate; champion?: Estimate; difference?: Estimate };

/** Intervals of several metrics on the same resamples; the difference is taken within each resample. */
export function pairedBootstrap(
  pairs: Pair[],
  resampler: Resampler,
  options: { rows: number; resamples: number; confidence: number },
): PairEstimates[] {
  const weights = new Uint8Array(options.rows);
  const draws = pairs.map((pair) => ({
    candidate: new Float64Array(options.resamples),
    champion: pair.champion === undefined ? undefined : new Float64Array(options.resamples),
  }));
  for (let number = 0; number < options.resamples; number += 1) {
    resampler(number, weights);
    for (const [index, pair] of pairs.entries()) {
      const draw = draws[index] as (typeof draws)[number];
      draw.candidate[number] = pair.candidate(weights);
      if (draw.champion !== undefined && pair.champion !== undefined) draw.champion[number] = pair.champion(weights);
    }
  }
  const ones = new Uint8Array(options.rows).fill(1);
  return pairs.map((pair, index) => {
    const draw = draws[index] as (typeof draws)[number];
    const value = pair.candidate(ones);
    const candidate = estimate(value, draw.candidate, pair.interval, options.confidence);
    if (pair.champion === undefined || draw.champion === undefined) return { candidate };
    const other = pair.champion(ones);
    const between = draw.candidate.map((replicate, number) => replicate - (draw.champion?.[number] as number));
    return {
      candidate,
      champion: estimate(other, draw.champion, pair.interval, options.confidence),
      difference: estimate(value - other, between, pair.interval, options.confidence),
    };
  });
}

/** Bounds are `null` when more than one replicate in a hundred is not defined. */
function estimate(value: number, draws: Float64Array, interval: Pair['interval'], confidence: number): Estimate {
  const sorted = draws.filter((draw) => !Number.isNaN(draw)).sort();
  if (sorted.length === 0 || sorted.length < draws.length * 0.99) return { value, lower: null, upper: null };
  const low = percentile(sorted, (1 - confidence) / 2);
  const high = percentile(sorted, (1 + confidence) / 2);
  if (interval === 'percentile') return { value, lower: low, upper: high };
  return { value, lower: 2 * value - high, upper: 2 * value - low };
}
