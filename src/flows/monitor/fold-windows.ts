import { type AlertState, type AlertTurn, advance, NO_ALERT } from '../../domain/drift/alert.ts';
import { referenceBegins, sinceReference } from '../../domain/drift/since-reference.ts';
import type { JudgedWindow } from '../../domain/drift/verdict.ts';
import type { Monitor } from '../../domain/spec/valid-monitor.ts';
import { alertSettings } from './alert-settings.ts';

/** What the windows make of the alert. `folded`: the alert before the first of them. */
export function foldWindows(
  monitor: Monitor,
  folded: AlertState,
  windows: readonly JudgedWindow[],
): { state: AlertState; transitions: AlertTurn[] } {
  const before = (folded.until ?? Number.POSITIVE_INFINITY) <= referenceBegins(monitor) ? NO_ALERT : folded;
  return advance(before, sinceReference(windows, monitor), alertSettings(monitor));
}
