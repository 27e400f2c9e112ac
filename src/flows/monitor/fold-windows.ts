import { type AlertState, type AlertTurn, advance, NO_ALERT } from '../../domain/drift/alert.ts';
import type { JudgedWindow } from '../../domain/drift/verdict.ts';
import type { Monitor } from '../../domain/spec/valid-monitor.ts';
import { alertSettings } from './alert-settings.ts';

/** Where windows begin to be compared with the reference: those before a span that was accepted are another world's. */
export function referenceBegins({ reference }: Pick<Monitor, 'reference'>): number {
  return reference === 'training' ? Number.NEGATIVE_INFINITY : Date.parse(reference.from);
}

/** Of the windows that are compared with the reference, all in the order given. */
export function sinceReference<W extends { from: number }>(
  windows: readonly W[],
  monitor: Pick<Monitor, 'reference'>,
): W[] {
  const begins = referenceBegins(monitor);
  return windows.filter(({ from }) => from >= begins);
}

/** What the windows make of the alert. `folded`: the alert before the first of them. */
export function foldWindows(
  monitor: Monitor,
  folded: AlertState,
  windows: readonly JudgedWindow[],
): { state: AlertState; transitions: AlertTurn[] } {
  const before = (folded.until ?? Number.POSITIVE_INFINITY) <= referenceBegins(monitor) ? NO_ALERT : folded;
  return advance(before, sinceReference(windows, monitor), alertSettings(monitor));
}
