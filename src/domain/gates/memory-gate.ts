import type { Gate } from '../spec/valid.ts';
import { costName, judgeCost } from './cost-gate.ts';
import { bytes } from './figures.ts';
import type { Finding, Judged } from './verdict.ts';

type MemoryGate = Extract<Gate, { kind: 'memory' }>;

/** Resident memory that loading and answering adds to a fresh process. */
export function judgeMemory(gate: MemoryGate, { evaluation }: Judged): Finding {
  const { candidate, champion, ratios, probeFailed } = evaluation.serving;
  const cost = {
    name: 'memory',
    candidate: candidate.memoryBytes,
    champion: champion?.memoryBytes,
    ratio: ratios?.memory,
    failed: `memory was not measured${probeFailed === undefined ? '' : `: ${probeFailed}`}`,
    text: (value: number) => bytes(Number(value.toPrecision(3))),
    everyRun: true,
  };
  return judgeCost(gate, cost, evaluation);
}

export function memoryName(gate: MemoryGate): string {
  return costName('memory', gate, bytes);
}
