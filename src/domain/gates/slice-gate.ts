import type { Evaluation, MetricComparison, SliceEvaluation } from '../evaluate/evaluation.ts';
import { normalCdf, normalQuantile } from '../evaluate/intervals/normal-quantile.ts';
import type { Gate } from '../spec/valid.ts';
import { boundsText, judgeBounds } from './absolute-gate.ts';
import { judgeDifference } from './champion-gate.ts';
import { count, figure } from './figures.ts';
import { holm } from './holm.ts';
import { atConfidence, type Finding, oriented } from './verdict.ts';

type SliceGate = Extract<Gate, { kind: 'slice' }>;
type Judged = { slice: SliceEvaluation; finding: Finding; p: number };

const NAMED = 3;

/**
 * All slices must pass, each at the gate's confidence (an intersection–union test needs no correction); a slice is
 * called worse only when it is after Holm's correction over the slices that were looked at.
 */
export function judgeSlices(gate: SliceGate, evaluation: Evaluation): Finding {
  const named = evaluation.slices.filter((slice) => gate.slice === '*' || slice.name === gate.slice);
  const large = named.filter((slice) => slice.rows >= gate.minRows);
  if (gate.slice !== '*' && large.length === 0) return { verdict: 'cannot-tell', evidence: absent(gate, named[0]) };
  if (large.length === 0) {
    return { verdict: 'cannot-tell', evidence: `no slice has ${count(gate.minRows)} rows or more` };
  }
  if (needsChampion(gate) && evaluation.championSkipped !== undefined) {
    return { verdict: 'cannot-tell', evidence: `the champion could not be scored: ${evaluation.championSkipped}` };
  }
  const noChampion = evaluation.champion === undefined;
  if (noChampion && gate.min === undefined && gate.max === undefined) {
    return { verdict: 'pass', evidence: 'there is no champion yet' };
  }
  const judged = large.map((slice) => judgeSlice(gate, slice, evaluation, noChampion));
  const left = evaluation.slicesLeftOut + named.length - large.length;
  const note = gate.slice === '*' && left > 0 ? `; ${count(left)} smaller or further slices were not judged` : '';
  return summarise(judged, (1 - gate.confidence) / 2, note);
}

export function sliceName(gate: SliceGate): string {
  const where = gate.slice === '*' ? `in every slice of ${count(gate.minRows)} rows` : `in ${gate.slice}`;
  const wanted = [
    ...(gate.min === undefined && gate.max === undefined ? [] : [boundsText(gate)]),
    ...(gate.noWorseThan === undefined ? [] : [`no worse than champion by ${figure(gate.noWorseThan)}`]),
  ];
  return `${gate.metric} ${where}, ${wanted.join(', ')}`;
}

function summarise(judged: Judged[], alpha: number, note: string): Finding {
  const worse = holm(
    judged.map((one) => one.p),
    alpha,
  );
  const failed = judged.filter((_, index) => worse[index]).sort((a, b) => a.p - b.p);
  if (failed.length > 0) {
    return {
      verdict: 'fail',
      evidence: `${count(failed.length)} of ${count(judged.length)} slices: ${listed(failed)}${note}`,
    };
  }
  const untold = judged.filter((one) => one.finding.verdict !== 'pass').sort((a, b) => a.p - b.p);
  if (untold.length > 0) {
    return {
      verdict: 'cannot-tell',
      evidence: `${count(untold.length)} of ${count(judged.length)} slices: ${listed(untold)}${note}`,
    };
  }
  const worst = [...judged].sort((a, b) => a.p - b.p)[0] as Judged;
  const all = judged.length === 1 ? '' : `all ${count(judged.length)} slices, the worst: `;
  return { verdict: 'pass', evidence: `${all}${worst.slice.name} ${worst.finding.evidence}${note}` };
}

function listed(judged: Judged[]): string {
  const names = judged.slice(0, NAMED).map((one) => `${one.slice.name} ${one.finding.evidence}`);
  return `${names.join('; ')}${judged.length > NAMED ? `; and ${count(judged.length - NAMED)} more` : ''}`;
}

function judgeSlice(gate: SliceGate, slice: SliceEvaluation, evaluation: Evaluation, noChampion: boolean): Judged {
  const found = slice.metrics.find((one) => one.metric === gate.metric);
  if (found === undefined) {
    return { slice, p: 1, finding: { verdict: 'cannot-tell', evidence: `${gate.metric} is not defined there` } };
  }
  const findings: Finding[] = [];
  const ps: number[] = [];
  if (gate.min !== undefined || gate.max !== undefined) {
    const candidate = atConfidence(found.candidate, evaluation.confidence, gate.confidence);
    findings.push(judgeBounds(gate, candidate, slice.rows));
    ps.push(pBounds(gate, found, evaluation.confidence));
  }
  if (gate.noWorseThan !== undefined && !noChampion) {
    const compared = found.difference !== undefined;
    findings.push(compared ? judgeDifference(gate, found, evaluation.confidence) : NOT_COMPARED);
    ps.push(compared ? pDifference(gate.noWorseThan, found, evaluation.confidence) : 1);
  }
  const worst =
    findings.find((one) => one.verdict === 'fail') ??
    findings.find((one) => one.verdict === 'cannot-tell') ??
    findings[0];
  // Either condition may be broken: Bonferroni over the two.
  return { slice, finding: worst as Finding, p: Math.min(1, Math.min(...ps) * ps.length) };
}

const NOT_COMPARED: Finding = { verdict: 'cannot-tell', evidence: 'cannot be compared with the champion there' };

/** One-sided p of "no worse than the margin", by the normal distribution whose interval this is. */
function pDifference(margin: number, found: MetricComparison, confidence: number): number {
  return pBelow(oriented(found.difference as NonNullable<typeof found.difference>, found.better), -margin, confidence);
}

function pBounds(gate: SliceGate, found: MetricComparison, confidence: number): number {
  const low = gate.min === undefined ? 1 : pBelow(found.candidate, gate.min, confidence);
  const high = gate.max === undefined ? 1 : pBelow(oriented(found.candidate, 'lower'), -gate.max, confidence);
  return Math.min(low, high);
}

function pBelow(estimate: { value: number; upper: number | null }, threshold: number, confidence: number): number {
  if (estimate.upper === null) return 1;
  const deviation = (estimate.upper - estimate.value) / normalQuantile((1 + confidence) / 2);
  if (deviation === 0) return estimate.value < threshold ? 0 : 1;
  return 1 - normalCdf((threshold - estimate.value) / deviation);
}

function needsChampion(gate: SliceGate): boolean {
  return gate.noWorseThan !== undefined;
}

function absent(gate: SliceGate, slice: SliceEvaluation | undefined): string {
  if (slice === undefined) return `there is no slice ${gate.slice} in this holdout`;
  return `slice ${slice.name} has ${count(slice.rows)} rows, the gate asks for ${count(gate.minRows)}`;
}
