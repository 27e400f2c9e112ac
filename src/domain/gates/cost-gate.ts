import type { Estimate, Evaluation } from '../evaluate/evaluation.ts';
import { judgeBounds } from './bounds.ts';
import { areNumbers, figure } from './figures.ts';
import { cannotTell, type Finding, finding, withoutChampion, worst } from './verdict.ts';
import { percent } from './wear.ts';

export type CostLimits = { max?: number; min?: number; maxRatio?: number; minRatio?: number; confidence: number };

/** A cost as it was measured; figures are absent, or no numbers, where measuring failed. */
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
  /** The ratio's interval is that of all runs, not of a confidence. */
  everyRun?: boolean;
  /** It is the same on every machine and at every time. */
  exact?: boolean;
};

/** A fixed limit reads the figure and names the machine; a ratio reads the interval of what was measured in turn. */
export function judgeCost(limits: CostLimits, cost: Cost, evaluation: Evaluation): Finding {
  const { candidate } = cost;
  if (candidate === undefined || !areNumbers(candidate)) return cannotTell(cost.failed);
  const findings = [...judgeLimit(limits, cost, candidate), ...judgeRatio(limits, cost, evaluation)];
  const champion = areNumbers(cost.champion) ? `, champion ${cost.text(cost.champion as number)}` : '';
  const machine = cost.exact || (limits.max ?? limits.min) === undefined ? '' : ` on ${evaluation.serving.machine}`;
  const parts = findings.flatMap(({ evidence }) => (evidence === '' ? [] : [`; ${evidence}`]));
  return {
    verdict: worst(findings.map((one) => one.verdict)),
    evidence: `${cost.text(candidate)}${champion}${parts.join('')}${machine}`,
    working: [`The ${cost.name} is ${cost.text(candidate)}${champion}.`, ...findings.flatMap((one) => one.working)],
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
  if (cost.ratio === undefined || !areNumbers(cost.ratio.value))
    return [cannotTell(`no ratio to the champion: ${cost.failed}`)];
  if (cost.exact) return [judgeExact(limits, cost.ratio.value)];
  const bounds = {
    ...(minRatio === undefined ? {} : { min: minRatio }),
    ...(maxRatio === undefined ? {} : { max: maxRatio }),
  };
  const read = { of: 'the ratio', estimate: cost.ratio, confidence };
  const judged = cost.everyRun
    ? judgeBounds(bounds, { ...read, from: confidence, made: 'from the lowest to the highest of any two runs' })
    : judgeBounds(bounds, { ...read, from: evaluation.confidence });
  const measured = 'Both were measured in turn in the same run, which does not wear the holdout.';
  const evidence = `ratio ${judged.evidence} ${cost.everyRun ? 'over all runs' : `at ${percent(confidence)}`}`;
  return [{ ...judged, evidence, working: [measured, ...judged.working] }];
}

function judgeExact({ maxRatio = Number.POSITIVE_INFINITY, minRatio = 0 }: CostLimits, ratio: number): Finding {
  const holds = ratio <= maxRatio && ratio >= minRatio;
  const wanted = ratio > maxRatio ? `≤ ${figure(maxRatio)}` : `≥ ${figure(minRatio)}`;
  const evidence = `ratio ${figure(ratio)}${holds ? '' : `, wanted ${wanted}`}`;
  return finding(holds ? 'pass' : 'fail', evidence, [
    `The ratio is ${figure(ratio)}, without any error: it ${holds ? 'holds' : 'does not hold'}.`,
  ]);
}
