import type { Evaluation, SliceEvaluation } from '../evaluate/evaluation.ts';
import type { Gate } from '../spec/valid.ts';
import { candidateValue } from './absolute-gate.ts';
import { boundsText, judgeBounds } from './bounds.ts';
import { boundsOf, differenceOf, judgeDifference } from './champion-gate.ts';
import { count, figure } from './figures.ts';
import { judgeAll, type Part } from './judge-all.ts';
import { pOfBounds } from './p-of-bounds.ts';
import { cannotTell, type Finding, type Judged, withoutChampion, worst } from './verdict.ts';
import { confidenceAfter, worn } from './wear.ts';

type SliceGate = Extract<Gate, { kind: 'slice' }>;

/** Every judged slice must hold the bounds, and be no worse than the champion by more than the margin. */
export function judgeSlices(gate: SliceGate, { evaluation, evaluations }: Judged): Finding {
  const named = evaluation.slices.filter((slice) => gate.slice === '*' || slice.name === gate.slice);
  const large = named.filter((slice) => slice.rows >= gate.minRows);
  if (large.length === 0) return cannotTell(absent(gate, named[0]));
  const without = gate.noWorseThan === undefined ? undefined : withoutChampion(evaluation);
  const bounded = gate.min !== undefined || gate.max !== undefined;
  if (without !== undefined && !bounded) return without;
  const confidence = confidenceAfter(gate.confidence, evaluations);
  const parts = large.map((slice) => judgeSlice(gate, slice, evaluation, confidence, without === undefined));
  const judged = worn(judgeAll(parts, (1 - confidence) / 2, 'slices'), gate.confidence, evaluations);
  const both = without?.verdict === 'cannot-tell' ? together(judged, without) : judged;
  const left = gate.slice === '*' ? evaluation.slicesLeftOut + named.length - large.length : 0;
  if (left === 0) return both;
  return { ...both, evidence: `${both.evidence}; ${count(left)} smaller or further slices were not judged` };
}

export function sliceName(gate: SliceGate): string {
  const where = gate.slice === '*' ? `in every slice of ${count(gate.minRows)} rows` : `in ${gate.slice}`;
  const wanted = [
    ...(gate.min === undefined && gate.max === undefined ? [] : [boundsText(gate)]),
    ...(gate.noWorseThan === undefined ? [] : [`no worse than champion by ${figure(gate.noWorseThan)}`]),
  ];
  return `${gate.metric} ${where}, ${wanted.join(', ')}`;
}

/** The bounds are judged whatever became of the champion. */
function together(bounds: Finding, champion: Finding): Finding {
  return {
    verdict: worst([bounds.verdict, champion.verdict]),
    evidence: `${bounds.evidence}; ${champion.evidence}`,
    working: [...bounds.working, ...champion.working],
    change: [...bounds.change, ...champion.change],
  };
}

function judgeSlice(
  gate: SliceGate,
  slice: SliceEvaluation,
  evaluation: Evaluation,
  confidence: number,
  compared: boolean,
): Part {
  const found = slice.metrics.find((one) => one.metric === gate.metric);
  const { name } = slice;
  if (found === undefined) return { name, p: 1, finding: cannotTell(`${gate.metric} is not defined there`) };
  const judged: { finding: Finding; p: number }[] = [];
  if (gate.min !== undefined || gate.max !== undefined) {
    const reading = candidateValue(found, evaluation, confidence);
    judged.push({ finding: judgeBounds(gate, reading), p: pOfBounds(gate, reading) });
  }
  if (gate.noWorseThan !== undefined && compared) {
    if (found.difference === undefined) {
      judged.push({ finding: cannotTell('cannot be compared with the champion there'), p: 1 });
    } else {
      const question = { noWorseThan: gate.noWorseThan };
      const p = pOfBounds(boundsOf(question, found), differenceOf(found, evaluation, confidence));
      judged.push({ finding: judgeDifference(question, found, evaluation, confidence), p });
    }
  }
  const findings = judged.map((one) => one.finding);
  const verdict = worst(findings.map((one) => one.verdict));
  const decisive = findings.find((one) => one.verdict === verdict) as Finding;
  // Either condition may be broken: Bonferroni over the two.
  return { name, finding: decisive, p: Math.min(1, Math.min(...judged.map(({ p }) => p)) * judged.length) };
}

function absent(gate: SliceGate, slice: SliceEvaluation | undefined): string {
  if (gate.slice === '*') return `no slice has ${count(gate.minRows)} rows or more`;
  if (slice === undefined) return `there is no slice ${gate.slice} in this holdout`;
  return `slice ${slice.name} has ${count(slice.rows)} rows, the gate asks for ${count(gate.minRows)}`;
}
