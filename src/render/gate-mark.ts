import type { GateVerdict } from '../domain/evaluate/evaluation.ts';

const SIGNS: Record<GateVerdict, string> = {
  pass: '✅',
  fail: '❌',
  'needs-approval': '✋',
  'cannot-tell': '❔',
  waived: '⏭️',
};

export function gateSign(verdict: GateVerdict): string {
  return SIGNS[verdict];
}

export function gateMark(verdict: GateVerdict): string {
  return `${SIGNS[verdict]} ${verdict.replace('-', ' ')}`;
}
