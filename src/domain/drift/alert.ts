/** Life of a monitor's alert. One window is bad luck; an issue is opened by a pattern and closed by a pattern. */
import type { JudgedWindow, Verdict } from './verdict.ts';

/** An alert of the user's own Prometheus, by its fingerprint. */
export type ExternalAlert = {
  fingerprint: string;
  name: string;
  status: 'firing' | 'resolved';
  startsAt: number;
  endsAt?: number;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** Where it comes from, if that is an http(s) address. */
  url?: string;
};

export type AlertSettings = { openAfter: number; closeAfter: number };

export type AlertState = {
  status: 'closed' | 'open';
  /** End of the newest window that was taken in, epoch ms; earlier windows change nothing any more. */
  until?: number;
  /** Newest last; of the windows that could be judged, as many as opening looks at. */
  recent: { from: number; verdict: 'good' | 'bad' }[];
  clearInRow: number;
  /** While open: start of the first of the bad windows that opened it, and how many were bad since then. */
  since?: number;
  badWindows: number;
};

/** What is told once, in a comment. */
export type AlertTransition =
  | { kind: 'opened' | 'reopened' | 'closed'; window: JudgedWindow }
  /** Late rows or labels changed what a window of the open alert says. */
  | { kind: 'revised'; window: JudgedWindow; before: Verdict }
  | { kind: 'alert-firing' | 'alert-resolved'; at: number; alert: ExternalAlert };

export const NO_ALERT: AlertState = { status: 'closed', recent: [], clearInRow: 0, badWindows: 0 };

/**
 * Takes windows in, oldest first; windows that were taken in before are skipped, so it may be called with all there are.
 * Opens when `openAfter` of the last `openAfter + 1` judged windows are bad, at once when one is severe; closes after
 * `closeAfter` clear ones without a bad one between them. Windows without an answer advance neither.
 */
export function advance(
  state: AlertState,
  windows: JudgedWindow[],
  settings: AlertSettings,
): { state: AlertState; transitions: AlertTransition[] } {
  const transitions: AlertTransition[] = [];
  let current = state;
  for (const window of windows) {
    if (current.until !== undefined && window.to <= current.until) continue;
    const next = takeIn(current, window, settings);
    if (next.status !== current.status)
      transitions.push({ kind: next.status === 'open' ? 'opened' : 'closed', window });
    current = next;
  }
  return { state: current, transitions };
}

function takeIn(state: AlertState, window: JudgedWindow, settings: AlertSettings): AlertState {
  const { verdict, severe, clear } = window.verdict;
  const seen: AlertState = { ...state, until: window.to };
  if (verdict !== 'good' && verdict !== 'bad') return seen;

  const recent = [...state.recent, { from: window.from, verdict }].slice(-(settings.openAfter + 1));
  const clearInRow = verdict === 'bad' ? 0 : state.clearInRow + (clear ? 1 : 0);
  if (state.status === 'open') {
    // What was bad is over: the next alert has to earn its own windows.
    if (clearInRow >= settings.closeAfter) return { ...NO_ALERT, until: window.to };
    return { ...seen, recent, clearInRow, badWindows: state.badWindows + (verdict === 'bad' ? 1 : 0) };
  }
  const bad = recent.filter((entry) => entry.verdict === 'bad');
  if (verdict === 'bad' && (severe || bad.length >= settings.openAfter)) {
    return { ...seen, status: 'open', recent, clearInRow: 0, since: bad[0]!.from, badWindows: bad.length };
  }
  return { ...seen, recent, clearInRow };
}
