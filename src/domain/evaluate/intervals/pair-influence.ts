import { influenceDifference, type Spread, spreadOf } from './influence-spread.ts';
import type { Pair } from './paired-bootstrap.ts';

export type PairSpreads = {
  candidate: Spread;
  champion?: Spread;
  difference?: Spread;
  /** Standard deviation of a row's part of the difference, whatever group it is in. */
  deviation?: number;
};

/** What the influences of the rows say about both models; `undefined` where the metric has none. */
export function pairSpreads(pair: Pair, groups?: Int32Array): PairSpreads | undefined {
  const candidate = pair.candidate.influence?.();
  if (candidate === undefined) return undefined;
  const champion = pair.champion?.influence?.();
  if (champion === undefined) return { candidate: spreadOf(candidate, groups) };
  const between = influenceDifference(candidate, champion);
  const difference = spreadOf(between, groups);
  const byRow = groups === undefined ? difference : spreadOf(between);
  return {
    candidate: spreadOf(candidate, groups),
    champion: spreadOf(champion, groups),
    difference,
    deviation: byRow.standardError * Math.sqrt(between.length),
  };
}
