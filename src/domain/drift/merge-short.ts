/**
 * Windows with too few rows are judged together. In time order: windows that are short wait; the first that brings the
 * sum to `minRows` is judged on the sum, and a group overlaps no other. A window that has enough by itself is a group of
 * its own, and so is one without rows: that is no data, not few. What waits for a long one is judged with it.
 * `sameGrid`: windows for which it differs (another version's reference) cannot be added up; those that waited are given
 * out as they are, a group that is still short.
 */
export function mergeShort<T>(
  windows: T[],
  minRows: number,
  { rows, sameGrid }: { rows: (window: T) => number; sameGrid: (window: T) => string },
): { groups: T[][]; waiting: T[] } {
  const groups: T[][] = [];
  let waiting: T[] = [];
  for (const window of windows) {
    if (rows(window) === 0) {
      groups.push([window]);
      continue;
    }
    if (waiting.length > 0 && sameGrid(waiting[0]!) !== sameGrid(window)) {
      groups.push(waiting);
      waiting = [];
    }
    waiting.push(window);
    if (waiting.reduce((sum, one) => sum + rows(one), 0) < minRows) continue;
    groups.push(waiting);
    waiting = [];
  }
  return { groups, waiting };
}
