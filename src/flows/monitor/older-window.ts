import type { OlderRecord, WindowRecord } from './monitor-record.ts';

/** What is kept of a window that is not looked at any more: later ones may be judged again, and are compared with it. */
export function olderWindow({ from, to, rows, version, profile, verdict }: WindowRecord): OlderRecord {
  return { from, to, rows, version, profile, verdict: { verdict: verdict.verdict } };
}
