import type { DriftWindow } from '../drift-view.ts';
import { type Judged, movedIn } from './words.ts';

/** The newest bad window; what an issue is about also while it recovers. */
export function lastBad(windows: readonly DriftWindow[]): DriftWindow | undefined {
  return windows.findLast((window) => window.verdict.verdict === 'bad');
}

/** Windows of the alert that got an answer. */
export function judgedSince(windows: readonly DriftWindow[], since: number): DriftWindow[] {
  return windows.filter(({ to, verdict }) => to > since && (verdict.verdict === 'good' || verdict.verdict === 'bad'));
}

/** Answers in how many of the windows a column moved. */
export function countMoves(windows: readonly DriftWindow[]): (judged: Judged) => number {
  const key = ({ role, finding }: Judged) => `${role} ${finding.column}`;
  const counts = new Map<string, number>();
  for (const one of windows.flatMap(({ verdict }) => movedIn(verdict)))
    counts.set(key(one), (counts.get(key(one)) ?? 0) + 1);
  return (judged) => counts.get(key(judged)) ?? 0;
}
