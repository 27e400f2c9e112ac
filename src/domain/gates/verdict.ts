/** How a gate reads an interval: never the estimate alone. */
import type { Estimate, GateResult } from '../evaluate/evaluation.ts';
import { normalQuantile } from '../evaluate/intervals/normal-quantile.ts';
import type { Gate } from '../spec/valid.ts';
import { count } from './figures.ts';

/** What the figures say, before the gate's consequences. */
export type Finding = { verdict: 'pass' | 'fail' | 'cannot-tell'; evidence: string };

/** `strict`: a bound at the threshold itself does not pass, and an upper bound at it fails. */
export function readInterval(estimate: Estimate, threshold: number, strict = false): Finding['verdict'] {
  if (estimate.lower === null || estimate.upper === null) return 'cannot-tell';
  if (strict ? estimate.lower > threshold : estimate.lower >= threshold) return 'pass';
  if (strict ? estimate.upper <= threshold : estimate.upper < threshold) return 'fail';
  return 'cannot-tell';
}

/** The estimate turned so that more is better. */
export function oriented(estimate: Estimate, better: 'higher' | 'lower'): Estimate {
  if (better === 'higher') return estimate;
  const turn = (bound: number | null) => (bound === null ? null : -bound || 0);
  return { value: -estimate.value || 0, lower: turn(estimate.upper), upper: turn(estimate.lower) };
}

/** The same interval at another confidence: each side in proportion to the normal quantile. */
export function atConfidence(estimate: Estimate, from: number, to: number): Estimate {
  if (from === to || estimate.lower === null || estimate.upper === null) return estimate;
  const scale = normalQuantile((1 + to) / 2) / normalQuantile((1 + from) / 2);
  return {
    value: estimate.value,
    lower: estimate.value - (estimate.value - estimate.lower) * scale,
    upper: estimate.value + (estimate.upper - estimate.value) * scale,
  };
}

/** Rows with which the interval would leave the threshold, were the estimate to stay (its width falls as 1/√rows). */
export function rowsNeeded(estimate: Estimate, threshold: number, rows: number): string {
  const distance = estimate.value - threshold;
  const bound = distance >= 0 ? estimate.lower : estimate.upper;
  if (bound === null || distance === 0) return '';
  // Less a hair, so that rounding errors do not count as a row.
  const needed = Math.ceil(rows * ((estimate.value - bound) / distance) ** 2 * (1 - 1e-9));
  if (!Number.isFinite(needed) || needed <= rows || needed > 1e9) return '';
  const digits = 10 ** Math.max(0, Math.floor(Math.log10(needed)) - 1);
  return `; about ${count(Math.ceil(needed / digits) * digits)} rows would tell (here: ${count(rows)})`;
}

/** The finding under the gate's consequences: who may let it through. */
export function conclude(gate: Gate, name: string, finding: Finding): GateResult {
  const { verdict, evidence } = finding;
  if (verdict === 'fail' && gate.onFail === 'approval') return { gate: name, verdict: 'needs-approval', evidence };
  if (verdict === 'cannot-tell') {
    const told = `cannot tell: ${evidence}`;
    return { gate: name, verdict: gate.onCannotTell === 'approval' ? 'needs-approval' : 'cannot-tell', evidence: told };
  }
  return { gate: name, verdict, evidence };
}
