import type { Monitor } from '../../domain/spec/valid-monitor.ts';
import type { Trouble } from './keep-trouble.ts';
import type { WindowRecord } from './monitor-record.ts';

const HOUR_MS = 3_600_000;
/** Empty windows that are no accident any more. */
const WINDOWS = 2;

type Found = {
  /** By the monitor's clock. */
  now: number;
  /** Event time of the newest row, or since when there could have been one if there is none. */
  since: number;
  /** Whether there is any row at all. */
  any: boolean;
  windows: readonly WindowRecord[];
};

export function noData(monitor: Monitor, { now, since, any, windows }: Found): Trouble | undefined {
  const { windowSeconds, settleSeconds, checks } = monitor;
  const patience = Math.max(WINDOWS * windowSeconds * 1000, HOUR_MS, (checks.freshnessSeconds ?? 0) * 1000);
  if (now - settleSeconds * 1000 - since <= patience) return undefined;
  const when = `${new Date(since).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const text = any
    ? `the newest row is of ${when}`
    : `there is not one row yet, and production is watched since ${when}`;
  return { kind: 'no-data', text: [text, ...timeless(windows, since)].join('\n'), atOnce: true, since };
}

/** Rows do come, but not one with a time that can be. */
function timeless(windows: readonly WindowRecord[], since: number): string[] {
  const later = windows.filter(({ to }) => to > since);
  return later
    .flatMap(({ verdict }) => verdict.quality.filter(({ check }) => check === 'timeless'))
    .slice(-1)
    .map(({ text }) => text);
}
