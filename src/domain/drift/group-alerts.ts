/** Several monitors that fire for one upstream cause: one issue speaks for all of them. */
import type { Cause, WindowVerdict } from './verdict.ts';

/** The alert of a monitor that is open now. */
export type OpenAlert = {
  monitor: string;
  since: number;
  windowMs: number;
  /** What is wrong: columns, and checks of the data that are about no column; see signsOf. */
  signs: string[];
  cause: Cause['kind'];
  /** Its own issue, if one is open. */
  issue?: number;
  /** It may not open an issue (it is snoozed, or cannot do its work), so that nobody may wait for it. */
  silent: boolean;
};

/** Windows that the beginnings may lie apart: each monitor needs a few to be sure. */
const APART = 2;

/** Whose issue speaks for each alert: its own monitor's, or another's. Whoever has an issue keeps it. */
export function groupAlerts(alerts: readonly OpenAlert[]): Map<string, string> {
  const order = [...alerts].sort(
    (a, b) =>
      (a.issue ?? Number.POSITIVE_INFINITY) - (b.issue ?? Number.POSITIVE_INFINITY) ||
      Number(a.silent) - Number(b.silent) ||
      a.since - b.since ||
      (a.monitor < b.monitor ? -1 : 1),
  );
  const speakers: OpenAlert[] = [];
  const found = new Map<string, string>();
  for (const alert of order) {
    const speaker = alert.issue === undefined ? speakers.find((one) => sharesCause(one, alert)) : undefined;
    found.set(alert.monitor, (speaker ?? alert).monitor);
    if (!speaker && (alert.issue !== undefined || !alert.silent)) speakers.push(alert);
  }
  return found;
}

/** What the issue of a monitor lists: those that it speaks for, and those with an issue of their own for the same cause. */
export function relatedTo(alerts: readonly OpenAlert[], monitor: string): { monitor: string; issue?: number }[] {
  const own = alerts.find((one) => one.monitor === monitor);
  if (!own) return [];
  const groups = groupAlerts(alerts);
  return alerts
    .filter((one) => one !== own && sharesCause(own, one))
    .filter((one) => groups.get(one.monitor) === monitor || one.issue !== undefined)
    .sort((a, b) => (a.monitor < b.monitor ? -1 : 1))
    .map((one) => ({ monitor: one.monitor, ...(one.issue === undefined ? {} : { issue: one.issue }) }));
}

/** Of the bad windows of an alert. */
export function signsOf(verdicts: readonly WindowVerdict[]): string[] {
  const signs = new Set<string>();
  for (const { verdict, columns, quality } of verdicts) {
    if (verdict !== 'bad') continue;
    for (const finding of columns) if (finding.drifted) signs.add(finding.column);
    for (const { check, level, column } of quality) if (level !== 'note') signs.add(column ?? `(${check})`);
  }
  return [...signs].sort();
}

function sharesCause(a: OpenAlert, b: OpenAlert): boolean {
  const near = Math.abs(a.since - b.since) <= APART * Math.max(a.windowMs, b.windowMs);
  return near && a.cause === b.cause && a.signs.some((sign) => b.signs.includes(sign));
}
