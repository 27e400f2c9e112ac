import type { Statistic } from '../metrics/statistic.ts';
import type { Resampler } from './resampler.ts';

export type Pair = { candidate: Statistic; champion?: Statistic };

/** The metric of each resample, NaN where it is not defined. `difference` is taken within each resample. */
export type Replicates = { candidate: Float64Array; champion?: Float64Array; difference?: Float64Array };

/** Replicates of several metrics on the same resamples. */
export function pairedBootstrap(
  pairs: readonly Pair[],
  resampler: Resampler,
  options: { rows: number; resamples: number },
): Replicates[] {
  const counts = new Uint8Array(options.rows);
  const found = pairs.map((pair): Replicates => {
    const empty = () => new Float64Array(options.resamples);
    return { candidate: empty(), ...(pair.champion && { champion: empty(), difference: empty() }) };
  });
  for (let number = 0; number < options.resamples; number += 1) {
    resampler(number, counts);
    for (const [index, pair] of pairs.entries()) {
      const { candidate, champion, difference } = found[index] as Replicates;
      const one = pair.candidate.at(counts);
      candidate[number] = one;
      if (pair.champion === undefined || champion === undefined || difference === undefined) continue;
      const other = pair.champion.at(counts);
      champion[number] = other;
      difference[number] = one - other;
    }
  }
  return found;
}
