import { GRID_BINS } from './make-profile.ts';
import type { ColumnProfile } from './profile.ts';

/** Ten bins of the grid are one of the coarse grid. */
const JOINED = 10;
export const COARSE_BINS = GRID_BINS / JOINED;

/**
 * The same rows on a coarse grid: a tenth of the bins, each ten times as wide, `low` and `scale` as they were.
 * Categories without a row are left out (the reference's own column has the list). For profiles that are many: groups.
 */
export function coarsen(profile: ColumnProfile): ColumnProfile {
  if (profile.kind === 'categorical') return { ...profile, counts: profile.counts.filter(([, count]) => count > 0) };
  const counts: number[] = [];
  for (const [bin, count] of profile.bins) {
    const joined = Math.floor(bin / JOINED);
    counts[joined] = (counts[joined] ?? 0) + count;
  }
  const bins: [number, number][] = [];
  counts.forEach((count, bin) => {
    bins.push([bin, count]);
  });
  return { ...profile, width: profile.width * JOINED, bins };
}
