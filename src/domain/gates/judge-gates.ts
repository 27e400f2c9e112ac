import type { Evaluation, GateResult } from '../evaluate/evaluation.ts';
import type { Gate } from '../spec/valid.ts';
import { absoluteName, judgeAbsolute } from './absolute-gate.ts';
import { championName, judgeChampion } from './champion-gate.ts';
import { judgeLatency, latencyName } from './latency-gate.ts';
import { judgeSize, sizeName } from './size-gate.ts';
import { judgeSlices, sliceName } from './slice-gate.ts';
import { conclude } from './verdict.ts';

/** `needs-approval`: nothing blocks, but a person has to look. */
export type GatesVerdict = { verdict: 'pass' | 'fail' | 'needs-approval'; results: GateResult[] };

/** What the gates say of an evaluation, in their order. */
export function judgeGates(gates: readonly Gate[], evaluation: Evaluation): GatesVerdict {
  const results = gates.map((gate) => judgeGate(gate, evaluation));
  const has = (verdict: GateResult['verdict']) => results.some((result) => result.verdict === verdict);
  const blocked = has('fail') || has('cannot-tell');
  return { verdict: blocked ? 'fail' : has('needs-approval') ? 'needs-approval' : 'pass', results };
}

export function judgeGate(gate: Gate, evaluation: Evaluation): GateResult {
  switch (gate.kind) {
    case 'absolute':
      return conclude(gate, absoluteName(gate), judgeAbsolute(gate, evaluation));
    case 'champion':
      return conclude(gate, championName(gate), judgeChampion(gate, evaluation));
    case 'slice':
      return conclude(gate, sliceName(gate), judgeSlices(gate, evaluation));
    case 'latency':
      return conclude(gate, latencyName(gate), judgeLatency(gate, evaluation));
    case 'size':
      return conclude(gate, sizeName(gate), judgeSize(gate, evaluation));
  }
}
