import type { Gate } from '../spec/valid.ts';
import { costName, judgeCost } from './cost-gate.ts';
import { areNumbers, count } from './figures.ts';
import type { Finding, Judged } from './verdict.ts';

type ThroughputGate = Extract<Gate, { kind: 'throughput' }>;

/** Rows a second in batches of one size. */
export function judgeThroughput(gate: ThroughputGate, { evaluation }: Judged): Finding {
  const { candidate, champion, ratios } = evaluation.serving;
  const ofBatch = <T extends { batch: number }>(all: readonly T[] | undefined): T | undefined =>
    all?.find(({ batch }) => batch === gate.batch);
  const told = candidate.throughput.filter(({ rowsPerSecond }) => areNumbers(rowsPerSecond));
  const measured = told.map(({ batch }) => count(batch)).join(', ') || 'none';
  const cost = {
    name: `throughput in batches of ${count(gate.batch)}`,
    candidate: ofBatch(candidate.throughput)?.rowsPerSecond,
    champion: ofBatch(champion?.throughput)?.rowsPerSecond,
    ratio: ofBatch(ratios?.throughput)?.ratio,
    failed: `batches of ${count(gate.batch)} rows were not measured; measured: ${measured}`,
    text: rowsPerSecond,
  };
  return judgeCost(gate, cost, evaluation);
}

export function throughputName(gate: ThroughputGate): string {
  return costName(`throughput in batches of ${count(gate.batch)}`, gate, rowsPerSecond);
}

/** Timings are good for three digits at best. */
function rowsPerSecond(value: number): string {
  return `${count(Number(value.toPrecision(3)))} rows/s`;
}
