import { sortedOrder } from '../sorted-order.ts';

/** Rows by descending score; `last` is 1 at the last of equal scores. */
type RankedRows = { order: Uint32Array; last: Uint8Array };

/** Several metrics of a model need the same order, and a sort costs more than all the rest of them. */
const remembered = new WeakMap<Float64Array, RankedRows>();

/** The scores must not be changed afterwards. */
export function rankedRows(scores: Float64Array): RankedRows {
  const known = remembered.get(scores);
  if (known !== undefined) return known;
  const order = sortedOrder(scores).reverse();
  const last = new Uint8Array(order.length);
  let score = scores[order[0] as number];
  for (let position = 0; position < order.length; position += 1) {
    const next = position + 1 < order.length ? scores[order[position + 1] as number] : undefined;
    last[position] = next === score ? 0 : 1;
    score = next;
  }
  const ranked = { order, last };
  remembered.set(scores, ranked);
  return ranked;
}

/** Ranked rows of which some are positive, with the rows' weights. */
export type RankedLabels = RankedRows & {
  /** By position in the order: 1 or 0. */
  positive: Uint8Array;
  /** By row. */
  weights: Float64Array | undefined;
};

export function rankedLabels(
  scores: Float64Array,
  isPositive: (row: number) => boolean,
  weights: Float64Array | undefined,
): RankedLabels {
  const { order, last } = rankedRows(scores);
  const positive = new Uint8Array(order.length);
  for (let position = 0; position < order.length; position += 1) {
    positive[position] = isPositive(order[position] as number) ? 1 : 0;
  }
  return { order, last, positive, weights };
}
