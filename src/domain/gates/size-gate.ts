import type { Evaluation } from '../evaluate/evaluation.ts';
import type { Gate } from '../spec/valid.ts';
import { bytes } from './figures.ts';
import type { Finding } from './verdict.ts';

/** Bytes of the artifact, all files together. */
export function judgeSize(gate: Extract<Gate, { kind: 'size' }>, evaluation: Evaluation): Finding {
  const size = evaluation.candidate.serving.sizeBytes;
  const champion =
    evaluation.champion === undefined ? '' : `, champion ${bytes(evaluation.champion.serving.sizeBytes)}`;
  return { verdict: size <= gate.maxBytes ? 'pass' : 'fail', evidence: `${bytes(size)}${champion}` };
}

export function sizeName(gate: Extract<Gate, { kind: 'size' }>): string {
  return `size ≤ ${bytes(gate.maxBytes)}`;
}
