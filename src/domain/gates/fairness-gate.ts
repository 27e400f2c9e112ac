import type { FairnessReport } from '../evaluate/evaluation.ts';
import { type GroupRate, widestPair } from '../evaluate/fairness.ts';
import type { Gate } from '../spec/valid.ts';
import { judgeBounds } from './bounds.ts';
import { count, figure } from './figures.ts';
import { cannotTell, type Finding, type Judged, worst } from './verdict.ts';
import { confidenceAfter, worn } from './wear.ts';

type FairnessGate = Extract<Gate, { kind: 'fairness' }>;

/** The largest difference and the smallest ratio of a rate between any two groups. */
export function judgeFairness(gate: FairnessGate, { evaluation, evaluations }: Judged): Finding {
  const report = evaluation.fairness.find((one) => one.by === gate.by && one.rate === gate.rate);
  if (report === undefined) {
    return cannotTell(
      `there is no ${gate.rate} by ${gate.by} in this evaluation`,
      `A new evaluation (/evaluate) with ${gate.by} in evaluate.slices would hold it.`,
    );
  }
  const { widest } = report;
  if (widest === undefined) {
    return cannotTell(
      `${count(report.groups.length)} of ${count(report.groups.length + report.leftOut)} groups of ${gate.by} have ${count(gate.minRows)} rows; a comparison needs two`,
      'More rows of the smaller groups, or a lower minRows, would make two groups.',
    );
  }
  const confidence = confidenceAfter(gate.confidence, evaluations);
  const counted = ratesOf(report);
  if (counted === undefined) {
    return cannotTell(
      `this evaluation does not hold the counts of the groups of ${gate.by}`,
      'A new evaluation (/evaluate) would hold them.',
    );
  }
  const anew = widestPair(counted, confidence);
  const common = {
    from: evaluation.confidence,
    confidence,
    range: [0, 1] as const,
    judgedBy: `anew from the counts of ${count(counted.length)} groups`,
  };
  const findings: Finding[] = [];
  if (gate.maxDifference !== undefined) {
    const { difference } = widest;
    const reading = { ...common, of: 'the largest difference', estimate: difference, judged: anew.difference };
    findings.push(labelled('difference', judgeBounds({ max: gate.maxDifference }, reading)));
  }
  if (gate.minRatio !== undefined) {
    const reading = { ...common, of: 'the smallest ratio', estimate: widest.ratio, judged: anew.ratio };
    findings.push(labelled('ratio', judgeBounds({ min: gate.minRatio }, reading)));
  }
  const judged: Finding = {
    verdict: worst(findings.map((one) => one.verdict)),
    evidence: `${groupsText(report)}: ${findings.map((one) => one.evidence).join('; ')}${leftText(report)}`,
    working: [
      `Of ${count(report.groups.length)} groups, ${groupsText(report)}.`,
      ...findings.flatMap((one) => one.working),
    ],
    change: findings.flatMap((one) => one.change),
  };
  return worn(judged, gate.confidence, evaluations);
}

export function fairnessName(gate: FairnessGate): string {
  const wanted = [
    ...(gate.maxDifference === undefined ? [] : [`difference ≤ ${figure(gate.maxDifference)}`]),
    ...(gate.minRatio === undefined ? [] : [`ratio ≥ ${figure(gate.minRatio)}`]),
  ];
  return `${gate.rate} by ${gate.by}, ${wanted.join(', ')}`;
}

/** `undefined`: the counts of one are not there. */
function ratesOf({ groups }: FairnessReport): GroupRate[] | undefined {
  const rates = groups.flatMap(({ group, candidate }) =>
    candidate.from?.kind === 'share' ? [{ group, successes: candidate.from.successes, rows: candidate.from.rows }] : [],
  );
  return rates.length === groups.length ? rates : undefined;
}

function labelled(label: string, finding: Finding): Finding {
  return { ...finding, evidence: `${label} ${finding.evidence}` };
}

function groupsText({ by, groups, widest }: FairnessReport): string {
  const rate = (group: string) => {
    const found = groups.find((one) => one.group === group);
    return `${by}=${group}${found === undefined ? '' : ` ${figure(found.candidate.value)}`}`;
  };
  return widest === undefined ? '' : `${rate(widest.low)} to ${rate(widest.high)}`;
}

function leftText({ leftOut }: FairnessReport): string {
  return leftOut === 0 ? '' : `; ${count(leftOut)} smaller groups were not judged`;
}
