/** Holdouts in which candidate and champion are as good as each other, but where a test plants otherwise. */

import type { ScoredRows } from '../../../../src/domain/evaluate/scored-rows.ts';
import type { CategoryColumn, NumberColumn } from '../../../../src/domain/evaluate/slices/columns.ts';
import { seededRandom } from '../../../../src/domain/statistics/seeded-random.ts';

export type Planted = { scored: ScoredRows; columns: (CategoryColumn | NumberColumn)[]; row(index: number): RowValues };
export type RowValues = { origin: number; carrier: number; distance: number };

/** `noise`: further standard deviations that the candidate is off by in a row. */
export function plantedHoldout(rows: number, seed: number, noise: (row: RowValues) => number = () => 0): Planted {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const origin = Int32Array.from({ length: rows }, () => Math.floor(random() * 8));
  const carrier = Int32Array.from({ length: rows }, () => Math.floor(random() * 5) - 1);
  const distance = Float64Array.from({ length: rows }, () => (random() < 0.03 ? Number.NaN : 3000 * random()));
  const row = (index: number): RowValues => ({
    origin: origin[index] as number,
    carrier: carrier[index] as number,
    distance: distance[index] as number,
  });
  const truth = Float64Array.from({ length: rows }, () => 1.5 * normal());
  const labels = truth.map((score) => (random() < share(score) ? 1 : 0));
  const scores = (extra: (index: number) => number) =>
    truth.map((score, index) => share(score + 0.4 * normal() + extra(index) * normal()));
  return {
    scored: {
      task: 'binary-classification',
      rows,
      width: 1,
      labels,
      candidate: { values: scores((index) => noise(row(index))), threshold: 0.5 },
      champion: { values: scores(() => 0), threshold: 0.5 },
    },
    columns: [
      { column: 'origin', values: [...'ABCDEFGH'], codes: origin },
      { column: 'carrier', values: ['DL', 'UA', 'WN', 'AA'], codes: carrier },
      { column: 'distance', values: distance },
    ],
    row,
  };
}

function share(score: number): number {
  return 1 / (1 + Math.exp(-score));
}
