import type { Verdict } from '../../domain/drift/verdict.ts';
import type { Replay } from './replay.ts';

export type ReplaySummary = {
  issues: number;
  /** Of the whole replay, and with an issue open; to a tenth. */
  days: number;
  daysOpen: number;
  windows: Record<Verdict | 'all', number>;
};

const DAY_MS = 86_400_000;

export function summarize({ windows, issues }: Pick<Replay, 'windows' | 'issues'>): ReplaySummary {
  const of = (verdict: Verdict) => windows.filter((window) => window.verdict.verdict === verdict).length;
  const [from, to] = [windows[0]?.from ?? 0, windows.at(-1)?.to ?? 0];
  const open = issues.reduce((sum, { opened, closed = to }) => sum + Math.max(0, closed - opened), 0);
  return {
    issues: issues.length,
    days: tenth((to - from) / DAY_MS),
    daysOpen: tenth(open / DAY_MS),
    windows: {
      all: windows.length,
      good: of('good'),
      bad: of('bad'),
      'cannot-tell': of('cannot-tell'),
      'no-data': of('no-data'),
    },
  };
}

function tenth(value: number): number {
  return Math.round(10 * value) / 10;
}
