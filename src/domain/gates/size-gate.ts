import type { Gate } from '../spec/valid.ts';
import { costName, judgeCost } from './cost-gate.ts';
import { areNumbers, bytes } from './figures.ts';
import type { Finding, Judged } from './verdict.ts';

type SizeGate = Extract<Gate, { kind: 'size' }>;

/** Bytes of the artifact, all files together: exact, so its ratio is its own interval. */
export function judgeSize(gate: SizeGate, { evaluation }: Judged): Finding {
  const candidate = evaluation.serving.candidate.sizeBytes;
  const champion = evaluation.serving.champion?.sizeBytes;
  const ratio = champion === undefined ? undefined : candidate / champion;
  const cost = {
    name: 'size',
    candidate,
    champion,
    ratio: ratio === undefined ? undefined : { value: ratio, lower: ratio, upper: ratio },
    failed: areNumbers(candidate) ? 'the champion was not measured' : 'the size was not measured',
    text: bytes,
    exact: true,
  };
  return judgeCost(gate, cost, evaluation);
}

export function sizeName(gate: SizeGate): string {
  return costName('size', gate, bytes);
}
