/** Life of a monitor's alert. One window is bad luck; an issue is opened by a pattern and closed by a pattern. */
import type { ColumnFinding } from './compare-column.ts';
import type { PerformanceFinding } from './performance.ts';

/**
 * good: nothing moved by more than the effect · bad: something did, or a promised metric is broken ·
 * cannot-tell: too few rows · no-data: none at all.
 */
export type Verdict = 'good' | 'bad' | 'cannot-tell' | 'no-data';

export type WindowVerdict = {
  verdict: Verdict;
  /** Bad enough to open at once: a column vanished, or a distance beyond .3 with 95 % confidence. */
  severe: boolean;
  /** Good with room to spare (effects below .8 of the threshold): only such windows close an alert. */
  clear: boolean;
  /** Inputs, largest effect in units of its threshold first; then as declared. */
  columns: ColumnFinding[];
  prediction?: ColumnFinding;
  performance: PerformanceFinding[];
  /** Sentences, the most important first: what is bad, or why it cannot be told. */
  reasons: string[];
};

export type JudgedWindow = { from: number; to: number; verdict: WindowVerdict };

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

export type AlertTransition = { kind: 'opened' | 'closed'; window: JudgedWindow };

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
