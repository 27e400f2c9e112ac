import { estimateText } from '../evaluate/estimate-text.ts';
import type { Evaluation, MetricComparison } from '../evaluate/evaluation.ts';
import type { Gate } from '../spec/valid.ts';
import { figure } from './figures.ts';
import { atConfidence, type Finding, oriented, readInterval, rowsNeeded } from './verdict.ts';

export const NO_CHAMPION: Finding = { verdict: 'pass', evidence: 'there is no champion yet' };

/** Non-inferiority with a margin, or superiority, on the difference candidate − champion. */
export function judgeChampion(gate: Extract<Gate, { kind: 'champion' }>, evaluation: Evaluation): Finding {
  if (evaluation.champion === undefined && evaluation.championSkipped === undefined) return NO_CHAMPION;
  if (evaluation.championSkipped !== undefined) {
    return { verdict: 'cannot-tell', evidence: `the champion could not be scored: ${evaluation.championSkipped}` };
  }
  const found = evaluation.metrics.find((one) => one.metric === gate.metric);
  if (found?.difference === undefined) {
    return { verdict: 'cannot-tell', evidence: `${gate.metric} cannot be compared on this holdout` };
  }
  return judgeDifference(gate, found, evaluation.confidence);
}

export function championName(gate: Extract<Gate, { kind: 'champion' }>): string {
  if (gate.better) return `${gate.metric} better than champion`;
  return `${gate.metric} against champion, no worse than ${figure(gate.noWorseThan ?? 0)}`;
}

/** `found.difference` must be there. */
export function judgeDifference(
  gate: { noWorseThan?: number; better?: boolean; confidence: number },
  found: MetricComparison,
  confidence: number,
): Finding {
  const difference = atConfidence(
    found.difference as NonNullable<typeof found.difference>,
    confidence,
    gate.confidence,
  );
  const gain = oriented(difference, found.better);
  const threshold = gate.better ? 0 : -(gate.noWorseThan ?? 0);
  const verdict = readInterval(gain, threshold, gate.better ?? false);
  const champion = found.champion === undefined ? '' : `${figure(found.champion.value)} → `;
  const figures = `${champion}${figure(found.candidate.value)}, ${estimateText(difference, true)}`;
  if (verdict !== 'cannot-tell') return { verdict, evidence: figures };
  const why = gain.lower === null ? ': too few rows for an interval' : rowsNeeded(gain, threshold, found.rows);
  return { verdict, evidence: `${figures}${why}` };
}
