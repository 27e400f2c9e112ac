import { decisions } from '../metrics/decision-metrics.ts';
import type { ScoredRows } from '../scored-rows.ts';
import type { Comparison } from './comparison.ts';
import { mcnemarTest } from './mcnemar.ts';
import { tangoInterval, wilsonInterval } from './proportion-intervals.ts';

/** Shares of right decisions by Wilson's interval, their difference by Tango's, its p by McNemar's exact test. */
export function accuracyIntervals(scored: ScoredRows, confidence: number): Comparison {
  const { rows, labels } = scored;
  const candidate = decisions(scored, scored.candidate);
  const champion = scored.champion === undefined ? undefined : decisions(scored, scored.champion);
  let [both, gained, lost] = [0, 0, 0];
  for (let row = 0; row < rows; row += 1) {
    const one = candidate[row] === labels[row];
    const other = champion !== undefined && champion[row] === labels[row];
    if (one && other) both += 1;
    else if (one) gained += 1;
    else if (other) lost += 1;
  }
  const share = wilsonInterval(both + gained, rows, confidence);
  if (champion === undefined) return { method: 'wilson-tango', candidate: share };
  const difference = tangoInterval(gained, lost, rows, confidence);
  const squares = gained + lost - (gained - lost) ** 2 / rows;
  return {
    method: 'wilson-tango',
    candidate: share,
    champion: wilsonInterval(both + lost, rows, confidence),
    difference,
    p: mcnemarTest(gained, lost),
    ...(squares > 0 && rows > 1 ? { effect: difference.value / Math.sqrt(squares / (rows - 1)) } : {}),
  };
}
