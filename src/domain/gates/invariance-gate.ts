import type { Robustness } from '../evaluate/evaluation.ts';
import type { Gate } from '../spec/valid.ts';
import { judgeBounds } from './bounds.ts';
import { areNumbers, count, figure } from './figures.ts';
import { judgeAll, type Part } from './judge-all.ts';
import { pOfBounds } from './p-of-bounds.ts';
import { cannotTell, type Finding, type Judged } from './verdict.ts';
import { confidenceAfter, percent, worn } from './wear.ts';

type InvarianceGate = Extract<Gate, { kind: 'invariance' }>;
type Tried = Robustness['invariances'][number];

/** The share of the rows whose answer a declared change of the inputs changes. */
export function judgeInvariance(gate: InvarianceGate, { evaluation, evaluations }: Judged): Finding {
  const tried = evaluation.robustness.invariances.filter(({ name }) => gate.name === '*' || name === gate.name);
  if (tried.length === 0) {
    return cannotTell(
      gate.name === '*' ? 'no invariance was tried' : `invariance ${gate.name} was not tried`,
      'A new evaluation (/evaluate) with it in evaluate.invariances would try it.',
    );
  }
  const confidence = confidenceAfter(gate.confidence, evaluations);
  const parts = tried.map((one) => judgeOne(gate, one, evaluation.confidence, confidence));
  return worn(judgeAll(parts, (1 - confidence) / 2, 'invariances'), gate.confidence, evaluations);
}

export function invarianceName(gate: InvarianceGate): string {
  const what = gate.name === '*' ? 'every invariance' : `invariance ${gate.name}`;
  return `${what}, changed answers ≤ ${percent(gate.maxShare)}`;
}

function judgeOne(gate: InvarianceGate, tried: Tried, from: number, confidence: number): Part {
  const { name, rows, changed, failed } = tried;
  if (failed !== undefined) return { name, p: 1, finding: cannotTell(`could not be tried: ${failed}`) };
  const bounds = { max: gate.maxShare };
  const reading = { of: 'the share', estimate: changed, from, confidence, rows, range: [0, 1] as const };
  const judged = judgeBounds(bounds, reading);
  const moved = areNumbers(tried.largest) ? figure(tried.largest) : 'no number';
  const evidence = `moved ${moved} at most on ${count(rows)} rows, share changed ${judged.evidence}`;
  return { name, p: pOfBounds(bounds, reading), finding: { ...judged, evidence } };
}
