/**
 * Metrics of how the rows of each query are put in order, means over the queries. Where scores are equal it is the mean
 * over all orders of those rows. The label is the gain; a row is relevant when it is above 0. A query without relevant
 * rows cannot be answered well or badly, and is left out. A query weighs as its rows do on average.
 */
import type { ScoredModel, ScoredRows } from '../scored-rows.ts';
import { sortedOrder } from '../sorted-order.ts';
import type { Statistic } from './statistic.ts';
import { weightedMean } from './weighted-mean.ts';

/** Gains of one query, by descending score; `ends`: behind the last of each group of equal scores. */
type QueryOrder = { gains: Float64Array; ends: number[] };
export type OfQuery = (query: QueryOrder, k: number) => number;

export function queryStatistic(scored: ScoredRows, model: ScoredModel, k: number, metric: OfQuery): Statistic {
  const scores = new Float64Array(scored.rows);
  const weights = new Float64Array(scored.rows);
  for (const rows of queriesOf(scored, model)) {
    const gains = Float64Array.from(rows, (row) => scored.labels[row] as number);
    if (gains.every((gain) => gain === 0)) continue;
    const value = metric({ gains, ends: tieEnds(rows, model.values) }, k);
    for (const row of rows) {
      scores[row] = value;
      // Spread over its rows, which are drawn together.
      weights[row] = (scored.weights === undefined ? 1 : (scored.weights[row] as number)) / rows.length;
    }
  }
  return weightedMean(scores, weights);
}

/** Rows of each query by descending score; without groups all rows are one query. */
function queriesOf({ rows, groups }: ScoredRows, { values }: ScoredModel): Uint32Array[] {
  const order = sortedOrder(values).reverse();
  if (groups === undefined) return rows === 0 ? [] : [order];
  const sizes: number[] = [];
  for (const group of groups) sizes[group] = (sizes[group] ?? 0) + 1;
  const queries = Array.from(sizes, (size) => new Uint32Array(size ?? 0));
  const filled = new Uint32Array(queries.length);
  for (const row of order) {
    const group = groups[row] as number;
    const place = filled[group] as number;
    (queries[group] as Uint32Array)[place] = row;
    filled[group] = place + 1;
  }
  return queries;
}

function tieEnds(rows: Uint32Array, scores: Float64Array): number[] {
  const ends: number[] = [];
  for (let place = 0; place < rows.length; place += 1) {
    if (place + 1 === rows.length || scores[rows[place] as number] !== scores[rows[place + 1] as number]) {
      ends.push(place + 1);
    }
  }
  return ends;
}

/**
 * Discounted cumulative gain of the first k places over that of the best order; gains as they are, divided by
 * log2(place + 1) (Järvelin & Kekäläinen 2002; ties as McSherry & Najork 2008). NaN with a gain below 0.
 */
export const ndcg: OfQuery = ({ gains, ends }, k) => {
  if (gains.some((gain) => gain < 0)) return Number.NaN;
  let found = 0;
  let start = 0;
  for (const end of ends) {
    let [gain, discount] = [0, 0];
    for (let place = start; place < end; place += 1) {
      gain += gains[place] as number;
      if (place < k) discount += 1 / Math.log2(place + 2);
    }
    found += (gain / (end - start)) * discount;
    start = end;
  }
  const best = gains
    .slice()
    .sort()
    .reverse()
    .subarray(0, k)
    .reduce((sum, gain, place) => sum + gain / Math.log2(place + 2), 0);
  return found / best;
};

/** Σ of the precision at each relevant row within the first k places, divided by the relevant rows (at most k). */
export const averagePrecisionAt: OfQuery = ({ gains, ends }, k) => {
  let [sum, hits, start] = [0, 0, 0];
  for (const end of ends) {
    const size = end - start;
    const relevant = relevantIn(gains, start, end);
    for (let place = start; place < Math.min(end, k); place += 1) {
      if (relevant === 0) break;
      // The row there is relevant with this chance, and then this many of the equals before it are.
      const before = size === 1 ? 0 : ((place - start) * (relevant - 1)) / (size - 1);
      sum += ((relevant / size) * (hits + 1 + before)) / (place + 1);
    }
    hits += relevant;
    start = end;
  }
  return sum / Math.min(hits, k);
};

/** 1 / place of the first relevant row, 0 when it is not within the first k. */
export const reciprocalRank: OfQuery = ({ gains, ends }, k) => {
  let start = 0;
  for (const end of ends) {
    const size = end - start;
    const relevant = relevantIn(gains, start, end);
    if (relevant > 0) {
      let [value, none] = [0, 1];
      for (let place = start; place < Math.min(end, k); place += 1) {
        // Chance that the row there is relevant when none of the equals before it is.
        const chance = Math.min(1, relevant / (size - (place - start)));
        value += (none * chance) / (place + 1);
        none *= 1 - chance;
      }
      return value;
    }
    start = end;
  }
  return 0;
};

function relevantIn(gains: Float64Array, start: number, end: number): number {
  let relevant = 0;
  for (let place = start; place < end; place += 1) if ((gains[place] as number) > 0) relevant += 1;
  return relevant;
}
