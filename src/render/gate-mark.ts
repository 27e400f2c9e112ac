import type { GateResult, GateVerdict } from '../domain/evaluate/evaluation.ts';

const SIGNS: Record<GateVerdict, string> = {
  pass: '✅',
  fail: '❌',
  'needs-approval': '✋',
  'cannot-tell': '❔',
  waived: '⏭️',
};

export function gateMark(verdict: GateVerdict): string {
  return `${SIGNS[verdict]} ${verdict.replace('-', ' ')}`;
}

/** Verdict and number of each gate on `what`: the name of a gate begins with what it is on. */
export function gatesOn(what: string, gates: readonly GateResult[]): string {
  return gates
    .flatMap(({ gate, verdict }, at) => (isAbout(gate, what) ? [`${SIGNS[verdict]} ${at + 1}`] : []))
    .join(', ');
}

function isAbout(gate: string, what: string): boolean {
  return gate.startsWith(what) && /^([ ,]|$)/.test(gate.slice(what.length));
}
