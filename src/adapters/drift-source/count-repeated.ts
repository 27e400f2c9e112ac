import type { SeenWindow } from './cache/add-sheets.ts';
import { ID_SAMPLE } from './id-sample.ts';

/**
 * Answered rows whose id comes again in another file; they count. Each file keeps the smallest hashes of its ids: below the smallest of the
 * largest ones they are all there, so what repeats among those stands for all. Exact up to 512 rows a file, else an
 * estimate; a file that was sent twice is found however large it is.
 */
export function countRepeated(windows: Pick<SeenWindow, 'ids' | 'rows'>[]): number {
  const samples = windows.flatMap(({ ids, rows }) => (ids === undefined || ids.length === 0 ? [] : [{ ids, rows }]));
  let limit: string | undefined;
  for (const { ids } of samples) {
    const last = ids.length >= ID_SAMPLE ? ids.at(-1)! : undefined;
    if (last !== undefined && (limit === undefined || last < limit)) limit = last;
  }
  const within = samples.flatMap(({ ids }) => (limit === undefined ? ids : ids.filter((id) => id <= limit!)));
  const repeated = within.length - new Set(within).size;
  const rows = samples.reduce((sum, sample) => sum + sample.rows, 0);
  const share = limit === undefined ? 1 : within.length / rows;
  return Math.round(repeated / share);
}
