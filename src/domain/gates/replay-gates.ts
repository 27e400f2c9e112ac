import type { Evaluation, GateResult } from '../evaluate/evaluation.ts';
import type { Gate } from '../spec/valid.ts';
import { type GatesVerdict, judgeGates } from './judge-gates.ts';

/** An evaluation of the past, and the gates that judged it. */
export type Past = { id: string; gates: readonly Gate[]; evaluation: Evaluation; evaluations?: number };

export type Replayed = {
  id: string;
  before: GatesVerdict['verdict'];
  after: GatesVerdict['verdict'];
  /** Gates that are judged otherwise, new ones (without `before`) and those that are gone (without `after`). */
  changed: { gate: string; before?: GateResult; after?: GateResult }[];
};

/** What other gates would have said of past evaluations. Both are judged anew, without waivers, as worn as it was then. */
export function replay(past: readonly Past[], newGates: readonly Gate[]): Replayed[] {
  return past.map(({ id, gates, evaluation, evaluations = 1 }) => {
    const before = judgeGates(gates, evaluation, { evaluations });
    const after = judgeGates(newGates, evaluation, { evaluations });
    return { id, before: before.verdict, after: after.verdict, changed: changes(before.results, after.results) };
  });
}

/** Gates are the same when they are called the same: the n-th of a name is held against the n-th. */
function changes(before: readonly GateResult[], after: readonly GateResult[]): Replayed['changed'] {
  const left = [...before];
  const changed: Replayed['changed'] = [];
  for (const result of after) {
    const place = left.findIndex(({ gate }) => gate === result.gate);
    const [old] = place < 0 ? [] : left.splice(place, 1);
    if (old === undefined) changed.push({ gate: result.gate, after: result });
    else if (old.verdict !== result.verdict) changed.push({ gate: result.gate, before: old, after: result });
  }
  return [...changed, ...left.map((old) => ({ gate: old.gate, before: old }))];
}
