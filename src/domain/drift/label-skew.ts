import { supDistance } from './distances.ts';
import { gridOf, makeProfile } from './make-profile.ts';
import type { ColumnProfile } from './profile.ts';
import { categoricalCells, numericCells } from './profile-cells.ts';

/**
 * How far the predictions of the rows with labels are from those of all rows: sup distance of the CDFs (of categories in
 * their order), less what chance explains (95 %, after Dvoretzky, Kiefer and Wolfowitz). 0 with none to compare.
 */
export function labelSkew(predictions: Float64Array, all: ColumnProfile): number {
  const values = all.kind === 'numeric' ? [...predictions] : [...predictions].map(String);
  const some = makeProfile(all.column, values, gridOf(all));
  const [a, b] = [cellsOf(some, all), cellsOf(all, all)];
  if (sumOf(a) === 0 || sumOf(b) === 0) return 0;
  return Math.max(0, supDistance(a, b) - Math.sqrt(Math.log(2 / 0.05) / (2 * sumOf(a))));
}

function cellsOf(profile: ColumnProfile, like: ColumnProfile): number[] {
  if (profile.kind === 'numeric') return numericCells(profile);
  return like.kind === 'categorical'
    ? categoricalCells(
        profile,
        like.counts.map(([category]) => category),
      )
    : [];
}

const sumOf = (counts: number[]): number => counts.reduce((sum, count) => sum + count, 0);
