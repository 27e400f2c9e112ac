/**
 * Of the rows without a time that came with these windows, those that are told of in some of them: each in one, and each
 * window has of them what it has of the rows. All of them where there is no window.
 */
export function timelessIn(
  windows: { from: number; rows: number }[],
  timeless: number,
  isWanted: (from: number) => boolean,
): number {
  const total = windows.reduce((sum, { rows }) => sum + rows, 0);
  if (timeless === 0 || total === 0) return timeless;
  let before = 0;
  let found = 0;
  for (const { from, rows } of windows) {
    const after = before + rows;
    if (isWanted(from)) found += Math.floor((timeless * after) / total) - Math.floor((timeless * before) / total);
    before = after;
  }
  return found;
}
