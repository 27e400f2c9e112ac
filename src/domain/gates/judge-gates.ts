import type { Evaluation, GateResult } from '../evaluate/evaluation.ts';
import type { Gate } from '../spec/valid.ts';
import { judgeFigures } from './judge-figures.ts';
import type { Finding } from './verdict.ts';
import { applyWaivers, boundOf, type Waiver } from './waiver.ts';

/** `needs-approval`: nothing blocks, but a person has to look. */
export type GatesVerdict = { verdict: 'pass' | 'fail' | 'needs-approval'; results: GateResult[] };

export type GateContext = {
  /** How many different candidates the holdout has judged, this one included; 1 when not given. */
  evaluations?: number;
  waivers?: readonly Waiver[];
};

/** What the gates say of an evaluation, in their order. */
export function judgeGates(gates: readonly Gate[], evaluation: Evaluation, context: GateContext = {}): GatesVerdict {
  const results = gates.map((gate) => judgeGate(gate, evaluation, context));
  const has = (verdict: GateResult['verdict']) => results.some((result) => result.verdict === verdict);
  const blocked = has('fail') || has('cannot-tell');
  return { verdict: blocked ? 'fail' : has('needs-approval') ? 'needs-approval' : 'pass', results };
}

export function judgeGate(gate: Gate, evaluation: Evaluation, context: GateContext = {}): GateResult {
  const { name, finding } = judgeFigures(gate, { evaluation, evaluations: context.evaluations ?? 1 });
  return applyWaivers(conclude(gate, name, finding, evaluation), context.waivers ?? []);
}

/** The finding under the gate's consequences: who may let it through. */
function conclude(gate: Gate, name: string, finding: Finding, evaluation: Evaluation): GateResult {
  const { verdict, evidence } = finding;
  const result = { gate: name, bound: boundOf(gate, evaluation, finding) };
  if (verdict === 'pass') return { ...result, verdict, evidence };
  const consequence = verdict === 'fail' ? gate.onFail : gate.onCannotTell;
  const told = verdict === 'fail' ? evidence : `cannot tell: ${evidence}`;
  return { ...result, verdict: consequence === 'approval' ? 'needs-approval' : verdict, evidence: told };
}
