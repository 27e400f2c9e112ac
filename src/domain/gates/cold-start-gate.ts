import type { Gate } from '../spec/valid.ts';
import { costName, judgeCost } from './cost-gate.ts';
import { milliseconds } from './figures.ts';
import type { Finding, Judged } from './verdict.ts';

type ColdStartGate = Extract<Gate, { kind: 'cold-start' }>;

/** From the beginning of loading to the first answer, in a fresh process. */
export function judgeColdStart(gate: ColdStartGate, { evaluation }: Judged): Finding {
  const { candidate, champion, ratios, probeFailed } = evaluation.serving;
  const cost = {
    name: 'cold start',
    candidate: candidate.coldStartMs,
    champion: champion?.coldStartMs,
    ratio: ratios?.coldStart,
    failed: `the cold start was not measured${probeFailed === undefined ? '' : `: ${probeFailed}`}`,
    text: milliseconds,
    everyRun: true,
  };
  return judgeCost(gate, cost, evaluation);
}

export function coldStartName(gate: ColdStartGate): string {
  return costName('cold start', gate, milliseconds);
}
