/** Which of the windows before it a window is judged with. */
import type { Monitor } from '../spec/valid-monitor.ts';
import { referenceBegins, sinceReference } from './since-reference.ts';
import { trailingWindows, usualWindows } from './trailing-windows.ts';
import type { JudgedWindow, Verdict } from './verdict.ts';

/** Windows that are kept of a monitor, and that a later one is judged with. */
export const KEPT_WINDOWS = 60;

/** One that was judged. `waits`: it has too few rows, and so has it with those before it; it waits for the next ones. */
export type PastWindow = JudgedWindow & { rows: number; version: string; waits?: boolean };

/** What is enough of one that others are only compared with. */
export type OlderWindow = {
  from: number;
  to: number;
  rows: number;
  version: string;
  verdict: { verdict: Verdict };
};

export type EarlierWindows<W, O = W> = {
  /** Those that could matter, oldest first. */
  recent: W[];
  /** Short ones that are judged with the window as one, oldest first. */
  group: W[];
  /** The window has too few rows, and so has it with those that wait. */
  waits: boolean;
  /** To tell a step from something slow. */
  trailing: (W | O)[];
  /** To tell how many rows, and which types, are usual. */
  usual: (W | O)[];
};

/**
 * `before`: the windows before it that were judged, oldest first. `older`: those before these, without which a window that is
 * judged again would have nothing to be compared with any more; where one of `before` begins earlier, it stands for several.
 */
export function earlierWindows<W extends PastWindow, O extends OlderWindow = W>(
  before: readonly W[],
  window: Pick<PastWindow, 'from' | 'to' | 'rows' | 'version'>,
  monitor: Pick<Monitor, 'reference' | 'minRows'>,
  older: readonly O[] = [],
): EarlierWindows<W, O> {
  const recent = sinceReference(before.slice(-KEPT_WINDOWS), monitor);
  const end = older.at(-1)?.to ?? Number.NEGATIVE_INFINITY;
  const compared = [...older, ...before.filter(({ from }) => from >= end)].slice(-KEPT_WINDOWS);
  const alike = sinceReference<W | O>(compared, monitor);
  const waiting = window.rows > 0 ? waitingBefore(before, window.version, referenceBegins(monitor)) : [];
  const enough = window.rows + waiting.reduce((sum, { rows }) => sum + rows, 0) >= monitor.minRows;
  return {
    recent,
    group: enough ? waiting : [],
    waits: window.rows > 0 && !enough,
    trailing: trailingWindows(alike, window),
    usual: usualWindows(alike, window),
  };
}

/** The windows directly before, not older than `begins`, that are short and were not added to another yet; oldest first. */
export function waitingBefore<W extends PastWindow>(
  before: readonly W[],
  version: string,
  begins = Number.NEGATIVE_INFINITY,
): W[] {
  const found: W[] = [];
  for (let at = before.length - 1; at >= 0; at--) {
    const one = before[at]!;
    if (one.from < begins) break;
    if (one.rows === 0) continue;
    if (!one.waits || one.version !== version) break;
    found.push(one);
  }
  return found.reverse();
}

/** How many windows these are, some of which may be several. */
export function mergedIn(windows: readonly Pick<PastWindow, 'merged'>[]): number {
  return windows.reduce((sum, { merged = 0 }) => sum + 1 + merged, 0);
}
