import { type ScoredRows, selectRows } from '../scored-rows.ts';

/** They tell the metric of the rest as well as all of it would, next to a slice. */
const MOST_ROWS = 50_000;

/** The rows that are not in `slice` (ascending): every n-th of them where there are many. */
export function restOf(scored: ScoredRows, slice: Int32Array): ScoredRows {
  const step = Math.ceil((scored.rows - slice.length) / MOST_ROWS);
  const rest: number[] = [];
  let [next, place] = [0, 0];
  for (let row = 0; row < scored.rows; row += 1) {
    if (slice[next] === row) next += 1;
    else if (place++ % step === 0) rest.push(row);
  }
  return selectRows(scored, Int32Array.from(rest));
}
