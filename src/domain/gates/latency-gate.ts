import type { Evaluation } from '../evaluate/evaluation.ts';
import type { Gate } from '../spec/valid.ts';
import { costName, judgeCost } from './cost-gate.ts';
import { areNumbers, milliseconds } from './figures.ts';
import type { Finding, Judged } from './verdict.ts';

type LatencyGate = Extract<Gate, { kind: 'latency' }>;

/** Time of a request of one row. */
export function judgeLatency(gate: LatencyGate, { evaluation }: Judged): Finding {
  const { candidate, champion, ratios }: Evaluation['serving'] = evaluation.serving;
  const cost = {
    name: `latency ${gate.quantile}`,
    candidate: candidate[gate.quantile],
    champion: champion?.[gate.quantile],
    ratio: ratios?.[gate.quantile],
    failed: areNumbers(candidate[gate.quantile])
      ? 'the champion was not measured'
      : `latency ${gate.quantile} was not measured`,
    text: milliseconds,
  };
  return judgeCost(gate, cost, evaluation);
}

export function latencyName(gate: LatencyGate): string {
  return costName(`latency ${gate.quantile}`, gate, milliseconds);
}
