import type { Estimate, Evaluation } from '../evaluate/evaluation.ts';
import { judgeBounds } from './bounds.ts';
import { figure } from './figures.ts';
import { cannotTell, type Finding, finding, withoutChampion, worst } from './verdict.ts';
import { percent } from './wear.ts';

export type CostLimits = { max?: number; min?: number; maxRatio?: number; minRatio?: number; confidence: number };

/** A cost as it was measured; figures are absent where measuring failed. */
export type Cost = {
  /** `latency p99`. */
  name: string;
  candidate: number | undefined;
  champion: number | undefined;
  /** candidate / champion. */
  ratio: Estimate | undefined;
  /** Why there is no figure. */
  failed: string;
  /** With its unit. */
  text(value: number): string;
  /** It is the same on every machine and at every time. */
  exact?: boolean;
};

/** A fixed limit reads the figure and names the machine; a ratio reads the interval of what was measured in turn. */
export function judgeCost(limits: CostLimits, cost: Cost, evaluation: Evaluation): Finding {
  if (cost.candidate === undefined) return cannotTell(cost.failed);
  const findings = [...judgeLimit(limits, cost, cost.candidate), ...judgeRatio(limits, cost, evaluation)];
  const champion = cost.champion === undefined ? '' : `, champion ${cost.text(cost.champion)}`;
  const machine = cost.exact || (limits.max ?? limits.min) === undefined ? '' : ` on ${evaluation.serving.machine}`;
  const parts = findings.flatMap(({ evidence }) => (evidence === '' ? [] : [`; ${evidence}`]));
  return {
    verdict: worst(findings.map((one) => one.verdict)),
    evidence: `${cost.text(cost.candidate)}${champion}${parts.join('')}${machine}`,
    working: [
      `The ${cost.name} is ${cost.text(cost.candidate)}${champion}.`,
      ...findings.flatMap((one) => one.working),
    ],
    change: findings.flatMap((one) => one.change),
  };
}

export function costName(name: string, limits: CostLimits, text: (value: number) => string): string {
  const { max, min, maxRatio, minRatio } = limits;
  const wanted = [
    ...(max === undefined ? [] : [`≤ ${text(max)}`]),
    ...(min === undefined ? [] : [`≥ ${text(min)}`]),
    ...(maxRatio === undefined ? [] : [`≤ ${figure(maxRatio)} × champion`]),
    ...(minRatio === undefined ? [] : [`≥ ${figure(minRatio)} × champion`]),
  ];
  return `${name} ${wanted.join(' and ')}`;
}

function judgeLimit({ max, min }: CostLimits, { name, text, exact }: Cost, value: number): Finding[] {
  if (max === undefined && min === undefined) return [];
  const holds = (max === undefined || value <= max) && (min === undefined || value >= min);
  const wanted = max === undefined ? `≥ ${text(min as number)}` : `≤ ${text(max)}`;
  const where = exact ? '' : ' It holds on this machine only: a fixed limit says nothing of another.';
  const working = [`The limit is fixed, ${wanted}, and ${text(value)} ${holds ? 'keeps' : 'breaks'} it.${where}`];
  const change = holds ? [] : [`A ${name} of ${wanted} would pass.`];
  return [finding(holds ? 'pass' : 'fail', '', working, change)];
}

function judgeRatio(limits: CostLimits, cost: Cost, evaluation: Evaluation): Finding[] {
  const { maxRatio, minRatio, confidence } = limits;
  if (maxRatio === undefined && minRatio === undefined) return [];
  const without = withoutChampion(evaluation);
  if (without !== undefined) return [without];
  if (cost.ratio === undefined) return [cannotTell(`no ratio to the champion: ${cost.failed}`)];
  const bounds = {
    ...(minRatio === undefined ? {} : { min: minRatio }),
    ...(maxRatio === undefined ? {} : { max: maxRatio }),
  };
  const from = evaluation.confidence;
  const judged = judgeBounds(bounds, { of: 'the ratio', estimate: cost.ratio, from, confidence });
  const told = cost.exact ? '' : ` at ${percent(confidence)}`;
  const measured = cost.exact ? [] : ['Both were measured in turn in the same run; timings do not wear the holdout.'];
  return [{ ...judged, evidence: `ratio ${judged.evidence}${told}`, working: [...measured, ...judged.working] }];
}
