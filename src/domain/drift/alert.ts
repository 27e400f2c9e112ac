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

/** `graceMs`: what is bad again so soon after an alert was closed is the same alert. */
export type AlertSettings = { openAfter: number; closeAfter: number; graceMs: number };

export type AlertState = {
  status: 'closed' | 'open';
  /** End of the newest window that was taken in, epoch ms; earlier windows change nothing any more. */
  until?: number;
  /** Newest last; of the windows that could be judged, as many as opening looks at. */
  recent: { from: number; verdict: 'good' | 'bad' }[];
  clearInRow: number;
  /** The newest window whose labels tell broke a promise: windows without labels do not clear that. */
  promiseBroken?: boolean;
  /** While open: start of the first of the bad windows that opened it, and how many were bad since then. */
  since?: number;
  badWindows: number;
  /** While open, if it came back: start of the first of the bad windows that opened it again. */
  again?: number;
  /** While closed: the alert before; `until`: end of the window that closed it. */
  ended?: { since: number; until: number; badWindows: number };
};

/** What is told once, in a comment. */
export type AlertTransition =
  | { kind: 'opened' | 'reopened'; window: JudgedWindow }
  /** `judgedAgain`: not by good windows in a row, but since windows are judged otherwise: late data, another reference. */
  | { kind: 'closed'; window: JudgedWindow; judgedAgain?: boolean }
  /** What opens an issue again that people closed while its alert went on: findings that it had not told of then. */
  | { kind: 'more'; findings: string[] }
  /** Late rows or labels changed what a window of the open alert says. */
  | { kind: 'revised'; window: JudgedWindow; before: Verdict }
  | { kind: 'alert-firing' | 'alert-resolved'; at: number; alert: ExternalAlert };

/** A turn that windows alone bring. */
export type AlertTurn = Extract<AlertTransition, { kind: 'opened' | 'reopened' | 'closed' }>;

export const NO_ALERT: AlertState = { status: 'closed', recent: [], clearInRow: 0, badWindows: 0 };

/**
 * Takes windows in, oldest first; windows that were taken in before are skipped, so it may be called with all there are.
 * Opens when `openAfter` of the last `openAfter + 1` judged windows are bad, at once when one is severe; closes after
 * `closeAfter` clear ones without a bad one between them. Windows without an answer advance neither, and after a broken
 * promise neither do those whose labels are not there yet.
 */
export function advance(
  state: AlertState,
  windows: JudgedWindow[],
  settings: AlertSettings,
): { state: AlertState; transitions: AlertTurn[] } {
  const transitions: AlertTurn[] = [];
  let current = state;
  for (const window of windows) {
    if (current.until !== undefined && window.to <= current.until) continue;
    const next = takeIn(current, window, settings);
    if (next.status !== current.status) transitions.push({ kind: turnOf(next), window });
    current = next;
  }
  return { state: current, transitions };
}

function turnOf(next: AlertState): AlertTurn['kind'] {
  if (next.status === 'closed') return 'closed';
  return next.again === undefined ? 'opened' : 'reopened';
}

function takeIn(state: AlertState, window: JudgedWindow, settings: AlertSettings): AlertState {
  const { verdict, severe, clear } = window.verdict;
  const seen: AlertState = { ...state, until: window.to };
  if (verdict !== 'good' && verdict !== 'bad') return seen;

  const recent = [...state.recent, { from: window.from, verdict }].slice(-(settings.openAfter + 1));
  const promiseBroken = breaksPromise(window.verdict) ?? state.promiseBroken ?? false;
  const clearInRow = verdict === 'bad' ? 0 : state.clearInRow + (clear && !promiseBroken ? 1 : 0);
  const kept = { ...seen, recent, clearInRow, promiseBroken };
  if (state.status === 'open') {
    if (clearInRow >= settings.closeAfter) return closed(state, window.to);
    return { ...kept, badWindows: state.badWindows + (verdict === 'bad' ? 1 : 0) };
  }
  const bad = recent.filter((entry) => entry.verdict === 'bad');
  if (verdict === 'bad' && (severe || bad.length >= settings.openAfter)) {
    return opened(kept, bad[0]!.from, bad.length, settings.graceMs);
  }
  return kept;
}

/** Undefined where no promise can be told of, as before the labels come. */
function breaksPromise({ performance }: JudgedWindow['verdict']): boolean | undefined {
  if (performance.some(({ verdict }) => verdict === 'broken')) return true;
  return performance.some(({ verdict }) => verdict === 'kept') ? false : undefined;
}

/** What was bad is over: the next alert has to earn its own windows. */
function closed({ since = 0, badWindows }: AlertState, until: number): AlertState {
  return { ...NO_ALERT, until, ended: { since, until, badWindows } };
}

function opened({ ended, ...state }: AlertState, since: number, badWindows: number, graceMs: number): AlertState {
  const open = { ...state, status: 'open', clearInRow: 0 } as const;
  if (!ended || since > ended.until + graceMs) return { ...open, since, badWindows };
  return { ...open, since: ended.since, again: since, badWindows: ended.badWindows + badWindows };
}
