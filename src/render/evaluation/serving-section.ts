import type { Estimate, Serving, ServingCost } from '../../domain/evaluate/evaluation.ts';
import { bytes, count } from '../format.ts';
import { type Block, note, type Text, text } from '../report/document.ts';
import { estimate } from './figures.ts';

type Row = { name: string; of(cost: ServingCost): string | undefined; ratio?: Estimate | undefined };

/** What an answer costs, beside the champion's in the same run. */
export function servingBlocks({ machine, candidate, champion, ratios, probeFailed }: Serving): Block[] {
  const rows: Row[] = [
    { name: 'p50, one row', of: (cost) => milliseconds(cost.p50), ratio: ratios?.p50 },
    { name: 'p95, one row', of: (cost) => milliseconds(cost.p95), ratio: ratios?.p95 },
    { name: 'p99, one row', of: (cost) => milliseconds(cost.p99), ratio: ratios?.p99 },
    ...candidate.throughput.map(
      ({ batch }): Row => ({
        name: `rows a second, batches of ${count(batch)}`,
        of: (cost) => rate(cost, batch),
        ratio: ratios?.throughput.find((one) => one.batch === batch)?.ratio,
      }),
    ),
    { name: 'memory', of: (cost) => size(cost.memoryBytes), ratio: ratios?.memory },
    { name: 'cold start', of: (cost) => milliseconds(cost.coldStartMs), ratio: ratios?.coldStart },
    { name: 'size of the artifact', of: (cost) => size(cost.sizeBytes), ratio: sizeRatio(candidate, champion) },
  ];
  const cells = rows.map(({ name, of, ratio }): Text[] => [
    name,
    ...(champion === undefined ? [] : [{ figure: of(champion) ?? '—' }]),
    { figure: of(candidate) ?? '—' },
    ...(ratios === undefined ? [] : [estimate(ratio)]),
  ]);
  return [
    {
      kind: 'table',
      caption: champion === undefined ? 'What an answer costs' : 'What an answer costs, candidate beside champion',
      what: 'cost',
      columns: [
        { name: '', align: 'left' },
        ...(champion === undefined ? [] : [{ name: 'Champion', align: 'right' as const }]),
        { name: 'Candidate', align: 'right' },
        ...(ratios === undefined ? [] : [{ name: 'Candidate / champion', align: 'right' as const }]),
      ],
      rows: cells,
    },
    ...(probeFailed === undefined
      ? []
      : [note('Memory and cold start are not told: ', { text: probeFailed, limit: 400 })]),
    text('Measured on ', { text: machine, limit: 300 }, '; absolute figures hold there only.'),
  ];
}

/** Timings are good for three digits at best. */
function milliseconds(value: number | undefined): string | undefined {
  return value === undefined ? undefined : `${Number(value.toPrecision(3))} ms`;
}

function size(value: number | undefined): string | undefined {
  return value === undefined ? undefined : bytes(value);
}

function rate({ throughput }: ServingCost, batch: number): string | undefined {
  const found = throughput.find((one) => one.batch === batch);
  return found === undefined ? undefined : count(found.rowsPerSecond);
}

/** Known exactly, so without an interval. */
function sizeRatio(candidate: ServingCost, champion: ServingCost | undefined): Estimate | undefined {
  if (champion === undefined || champion.sizeBytes === 0) return undefined;
  return { value: candidate.sizeBytes / champion.sizeBytes, lower: null, upper: null };
}
