import { estimateText } from '../evaluate/estimate-text.ts';
import type { Estimate, Evaluation } from '../evaluate/evaluation.ts';
import type { Gate } from '../spec/valid.ts';
import { figure } from './figures.ts';
import { type Finding, oriented, readInterval, rowsNeeded } from './verdict.ts';

/** A fixed value that the candidate's interval must be on the right side of. */
export function judgeAbsolute(gate: Extract<Gate, { kind: 'absolute' }>, evaluation: Evaluation): Finding {
  const found = evaluation.metrics.find((one) => one.metric === gate.metric);
  if (found === undefined) return { verdict: 'cannot-tell', evidence: `${gate.metric} is not defined on this holdout` };
  return judgeBounds(gate, found.candidate, found.rows);
}

export function absoluteName(gate: { metric: string; min?: number; max?: number }): string {
  return `${gate.metric} ${boundsText(gate)}`;
}

export function boundsText({ min, max }: { min?: number; max?: number }): string {
  return [...(min === undefined ? [] : [`≥ ${figure(min)}`]), ...(max === undefined ? [] : [`≤ ${figure(max)}`])].join(
    ' and ',
  );
}

/** The worse of the verdicts on `min` and `max`. */
export function judgeBounds(bounds: { min?: number; max?: number }, estimate: Estimate, rows: number): Finding {
  const verdicts: Finding['verdict'][] = [];
  let needed = '';
  if (bounds.min !== undefined) {
    verdicts.push(readInterval(estimate, bounds.min));
    if (verdicts.at(-1) === 'cannot-tell') needed ||= rowsNeeded(estimate, bounds.min, rows);
  }
  if (bounds.max !== undefined) {
    const turned = oriented(estimate, 'lower');
    verdicts.push(readInterval(turned, -bounds.max));
    if (verdicts.at(-1) === 'cannot-tell') needed ||= rowsNeeded(turned, -bounds.max, rows);
  }
  const verdict = verdicts.includes('fail') ? 'fail' : verdicts.includes('cannot-tell') ? 'cannot-tell' : 'pass';
  const figures = estimateText(estimate);
  if (verdict === 'pass') return { verdict, evidence: figures };
  const wanted = boundsText(bounds);
  if (estimate.lower === null)
    return { verdict, evidence: `${figures}: too few rows for an interval, wanted ${wanted}` };
  return { verdict, evidence: `${figures}, wanted ${wanted}${verdict === 'cannot-tell' ? needed : ''}` };
}
