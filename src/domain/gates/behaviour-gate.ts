import type { BehaviourCheck, Gate } from '../spec/valid.ts';
import { count } from './figures.ts';
import { cannotTell, type Finding, finding, type Judged } from './verdict.ts';

type BehaviourGate = Extract<Gate, { kind: 'behaviour' }>;

const NAMED = 3;
const NAMES: Record<BehaviourCheck, string> = {
  missing: 'bears missing inputs',
  'out-of-range': 'bears inputs out of range',
  determinism: 'answers the same twice',
};

/** What the candidate does with inputs that it should bear, one finding an input. */
export function judgeBehaviour(gate: BehaviourGate, { evaluation }: Judged): Finding {
  const tried = evaluation.robustness.behaviour.filter(({ check }) => check === gate.check);
  if (tried.length === 0)
    return cannotTell(`${gate.check} was not tried`, 'A new evaluation (/evaluate) would try it.');
  const failed = tried.filter(({ verdict }) => verdict === 'fail');
  const shown = failed.length > 0 ? failed : tried;
  const text = ({ input, evidence }: (typeof tried)[number]) =>
    input === undefined ? evidence : `${input}: ${evidence}`;
  const more = shown.length > NAMED ? `; and ${count(shown.length - NAMED)} more` : '';
  const evidence = `${shown.slice(0, NAMED).map(text).join('; ')}${more}`;
  const working = tried.map((one) => `${one.verdict === 'fail' ? 'Fails' : 'Holds'}: ${text(one)}.`);
  if (failed.length === 0) return finding('pass', evidence, working);
  return finding('fail', evidence, working, ['It would pass were each of them borne: this is not a matter of chance.']);
}

export function behaviourName(gate: BehaviourGate): string {
  return NAMES[gate.check];
}
