import type { Evaluation } from '../evaluate/evaluation.ts';
import type { Gate } from '../spec/valid.ts';
import { figure } from './figures.ts';
import type { Finding } from './verdict.ts';

/** Milliseconds a request of one row, as measured where the evaluation ran. */
export function judgeLatency(gate: Extract<Gate, { kind: 'latency' }>, evaluation: Evaluation): Finding {
  const value = evaluation.candidate.serving[gate.quantile];
  const champion =
    evaluation.champion === undefined ? '' : `, champion ${milliseconds(evaluation.champion.serving[gate.quantile])}`;
  return { verdict: value <= gate.maxMs ? 'pass' : 'fail', evidence: `${milliseconds(value)} a request${champion}` };
}

export function latencyName(gate: Extract<Gate, { kind: 'latency' }>): string {
  return `latency ${gate.quantile} ≤ ${figure(gate.maxMs)} ms`;
}

/** Timings are good for three digits at best. */
function milliseconds(value: number): string {
  return `${Number(value.toPrecision(3))} ms`;
}
