import type { Evaluation, MetricComparison } from '../evaluate/evaluation.ts';
import type { Gate } from '../spec/valid.ts';
import { rangeOf, withoutInterval } from './absolute-gate.ts';
import { type Bounds, judgeBounds, type Reading } from './bounds.ts';
import { areNumbers, figure } from './figures.ts';
import { cannotTell, type Finding, type Judged, withoutChampion } from './verdict.ts';
import { confidenceAfter, worn } from './wear.ts';

type ChampionGate = Extract<Gate, { kind: 'champion' }>;
/** What is asked of the difference candidate − champion. */
export type Question = { noWorseThan?: number; within?: number; better?: boolean };

/** Non-inferiority with a margin, equivalence (two one-sided tests), or superiority. */
export function judgeChampion(gate: ChampionGate, { evaluation, evaluations }: Judged): Finding {
  const without = withoutChampion(evaluation);
  if (without !== undefined) return without;
  const found = evaluation.metrics.find((one) => one.metric === gate.metric);
  if (found?.difference === undefined) return cannotTell(`${gate.metric} cannot be compared on this holdout`);
  const confidence = confidenceAfter(gate.confidence, evaluations);
  return worn(judgeDifference(gate, found, evaluation, confidence), gate.confidence, evaluations);
}

export function championName(gate: ChampionGate): string {
  if (gate.better) return `${gate.metric} better than champion`;
  if (gate.within !== undefined) return `${gate.metric} like champion, within ${figure(gate.within)}`;
  return `${gate.metric} against champion, no worse than ${figure(gate.noWorseThan ?? 0)}`;
}

/** `found.difference` must be there; `confidence`: to judge at. */
export function judgeDifference(
  question: Question,
  found: MetricComparison,
  evaluation: Evaluation,
  confidence: number,
): Finding {
  const judged = judgeBounds(boundsOf(question, found), differenceOf(found, evaluation, confidence));
  if (found.champion === undefined || !areNumbers(found.champion.value, found.candidate.value)) return judged;
  const values = `${figure(found.champion.value)} → ${figure(found.candidate.value)}`;
  return {
    ...judged,
    evidence: `${values}, ${judged.evidence}`,
    working: [`Champion → candidate: ${values}.`, ...judged.working],
  };
}

export function differenceOf(found: MetricComparison, evaluation: Evaluation, confidence: number): Reading {
  return {
    of: 'the difference',
    estimate: found.difference as NonNullable<typeof found.difference>,
    from: evaluation.confidence,
    confidence,
    rows: found.rows,
    signed: true,
    ...rangeOf(found.metric),
    ...(found.degrees === undefined ? {} : { degrees: found.degrees }),
    ...withoutInterval(found),
  };
}

/** On the difference itself, so that the evidence shows it as the table does. */
export function boundsOf(question: Question, { better }: Pick<MetricComparison, 'better'>): Bounds {
  if (question.within !== undefined) return { min: -question.within, max: question.within };
  const margin = question.better ? 0 : (question.noWorseThan ?? 0);
  const bound = better === 'lower' ? { max: margin } : { min: -margin || 0 };
  return question.better ? { ...bound, strict: true } : bound;
}
