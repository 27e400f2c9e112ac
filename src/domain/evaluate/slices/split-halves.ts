import type { ScoredRows } from '../scored-rows.ts';

/**
 * Rows in two parts of about the same size, by a coin for each row; by one for each group where rows come in groups, so
 * that the parts are independent.
 */
export function splitHalves({ rows, groups }: ScoredRows, seed: number): { first: Int32Array; second: Int32Array } {
  const salt = mix(mix(seed) ^ mix(Math.floor(seed / 2 ** 32) + 1));
  const isFirst = (row: number) => (mix((groups === undefined ? row : (groups[row] as number)) ^ salt) & 1) === 0;
  let count = 0;
  for (let row = 0; row < rows; row += 1) if (isFirst(row)) count += 1;
  const [first, second] = [new Int32Array(count), new Int32Array(rows - count)];
  let [one, other] = [0, 0];
  for (let row = 0; row < rows; row += 1) {
    if (isFirst(row)) first[one++] = row;
    else second[other++] = row;
  }
  return { first, second };
}

/** MurmurHash3's finaliser, after a step that leaves no fixed point at 0. */
function mix(value: number): number {
  let h = (value | 0) + 0x9e3779b9;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}
