import type { Verdict } from './verdict.ts';

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
const MOST = 4;

type Window = { from: number; to: number; version: string; verdict: { verdict: Verdict } };

/**
 * Earlier windows to tell a step from something slow: those of the same weekday and hour where there are two, of the same
 * hour, else the ones directly before. Bad ones are left out, or the second window after a step would look like a slow one.
 * `windows`, and the answer, oldest first.
 */
export function trailingWindows<W extends Window>(windows: readonly W[], of: Pick<Window, 'from' | 'version'>): W[] {
  const before = windows.filter(
    (one) => one.to <= of.from && one.version === of.version && one.verdict.verdict === 'good',
  );
  const every = (ms: number) => before.filter((one) => (of.from - one.from) % ms === 0);
  const alike = [every(WEEK_MS), every(DAY_MS)].find((found) => found.length >= 2);
  return (alike ?? before).slice(-MOST);
}

/**
 * Earlier windows whose rows tell how many are usual: of the same weekday and hour, and none that lie otherwise in the
 * week, since nights and weekends are other than days. What they were judged to be is all the same: a check that leaves out
 * what it found bad would never get used to anything. Oldest first.
 */
export function usualWindows<W extends Pick<Window, 'from' | 'to'> & { rows: number }>(
  windows: readonly W[],
  of: Pick<Window, 'from' | 'to'>,
): W[] {
  const length = of.to - of.from;
  const before = windows.filter((one) => one.to <= of.from && one.rows > 0 && one.to - one.from === length);
  const isWeek = length >= WEEK_MS;
  return before.filter((one) => isWeek || (of.from - one.from) % WEEK_MS === 0).slice(-MOST);
}
