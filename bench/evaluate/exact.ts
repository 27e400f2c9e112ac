/** The intervals that are had without drawing rows, beside those of the bootstrap that draws them. */
import { DuckDBInstance } from '@duckdb/node-api';
import type { MetricComparison } from '../../src/domain/evaluate/evaluation.ts';
import { createResampler } from '../../src/domain/evaluate/intervals/resampler.ts';
import { statisticOf } from '../../src/domain/evaluate/metrics/statistic-of.ts';
import type { ScoredRows } from '../../src/domain/evaluate/scored-rows.ts';

const Z = 1.959963984540054;

export type Agreement = { metric: string; method: string; ours: number; exact: number; ratio: number };

/** Half the width of the 95 % interval of each difference: ours, and z times the deviation of exact replicates. */
export async function agreement(
  predictions: string,
  found: MetricComparison[],
  resamples: number,
): Promise<Agreement[]> {
  const scored = await readScored(predictions);
  const draw = createResampler(undefined, 2);
  const pairs = found.map(({ metric }) => ({
    candidate: statisticOf(metric, scored, scored.candidate),
    champion: statisticOf(metric, scored, scored.champion as NonNullable<typeof scored.champion>),
    differences: new Float64Array(resamples),
  }));
  const counts = new Uint8Array(scored.rows);
  for (let number = 0; number < resamples; number += 1) {
    draw(number, counts);
    for (const pair of pairs) pair.differences[number] = pair.candidate.at(counts) - pair.champion.at(counts);
  }
  return found.map(({ metric, method, difference }, index) => {
    const ours = ((difference?.upper ?? Number.NaN) - (difference?.lower ?? Number.NaN)) / 2;
    const exact = Z * deviation((pairs[index] as (typeof pairs)[number]).differences);
    return { metric, method, ours, exact, ratio: ours / exact };
  });
}

async function readScored(file: string): Promise<ScoredRows> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const columns = { label: [] as number[], candidate: [] as number[], champion: [] as number[] };
  const result = await connection.stream(`SELECT label, candidate, champion FROM '${file}'`);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    for (const [index, into] of Object.values(columns).entries()) {
      for (const value of chunk.getColumnValues(index)) into.push(Number(value));
    }
  }
  connection.closeSync();
  instance.closeSync();
  return {
    task: 'binary-classification',
    rows: columns.label.length,
    width: 1,
    labels: Float64Array.from(columns.label),
    candidate: { values: Float64Array.from(columns.candidate), threshold: 0.5 },
    champion: { values: Float64Array.from(columns.champion), threshold: 0.5 },
  };
}

function deviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
