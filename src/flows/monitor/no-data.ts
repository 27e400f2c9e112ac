import type { Monitor } from '../../domain/spec/valid-monitor.ts';
import type { Trouble } from './keep-trouble.ts';

const HOUR_MS = 3_600_000;
/** Empty windows that are no accident any more. */
const WINDOWS = 2;

/** `since`: event time of the newest row, or since when there could have been one if there is none; monitor's clock. */
export function noData(monitor: Monitor, now: number, since: number, any: boolean): Trouble | undefined {
  const { windowSeconds, settleSeconds, checks } = monitor;
  const patience = Math.max(WINDOWS * windowSeconds * 1000, HOUR_MS, (checks.freshnessSeconds ?? 0) * 1000);
  if (now - settleSeconds * 1000 - since <= patience) return undefined;
  const when = `${new Date(since).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const text = any
    ? `the newest row is of ${when}`
    : `there is not one row yet, and production is watched since ${when}`;
  return { kind: 'no-data', text, atOnce: true, since };
}
