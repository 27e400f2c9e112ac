import { describe, expect, it } from 'vitest';
import { statisticOf } from '../../../../src/domain/evaluate/metrics/statistic-of.ts';
import type { ScoredRows } from '../../../../src/domain/evaluate/scored-rows.ts';
import { rowEvidence } from '../../../../src/domain/evaluate/slices/row-evidence.ts';
import { plantedHoldout } from './planted-holdout.ts';

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

const { scored } = plantedHoldout(500, 1, ({ origin }) => (origin === 3 ? 2 : 0));
const weights = Float64Array.from({ length: 500 }, (_, row) => row % 3);

describe.each([
  ['rows alike', scored],
  ['rows weighted', { ...scored, weights }],
])('evidence by row, %s', (_, rows: ScoredRows) => {
  it.each([
    ['roc_auc', 'higher'],
    ['log_loss', 'lower'],
    ['f1', 'higher'],
    ['accuracy', 'higher'],
  ] as const)('comes to how much worse the candidate is by %s', (metric, better) => {
    const value = (model: ScoredRows['candidate']) => statisticOf(metric, rows, model).at(new Uint8Array(500).fill(1));
    const worse = value(rows.champion as ScoredRows['candidate']) - value(rows.candidate);
    expect(mean(rowEvidence(rows, metric, better))).toBeCloseTo(better === 'higher' ? worse : -worse, 12);
  });
});

it('of a mean is the difference of the losses', () => {
  const evidence = rowEvidence(scored, 'brier', 'lower');
  for (const row of [0, 17, 499]) {
    const label = scored.labels[row] as number;
    const loss = (values: Float64Array) => ((values[row] as number) - label) ** 2;
    const difference = loss(scored.candidate.values) - loss(scored.champion?.values as Float64Array);
    expect(evidence[row]).toBeCloseTo(difference, 12);
  }
});

it('without a champion is about the rows that are worse than the others', () => {
  const { champion: _, ...alone } = scored;
  const evidence = rowEvidence(alone, 'log_loss', 'lower');
  expect(mean(evidence)).toBeCloseTo(0, 12);
  const losses = Array.from(scored.labels, (label, row) => Math.abs(label - (scored.candidate.values[row] as number)));
  const worst = losses.indexOf(Math.max(...losses));
  expect(evidence[worst]).toBe(Math.max(...evidence));
});

it('of a metric in which no single row has a part is that of one that has', () => {
  expect(rowEvidence(scored, 'ece', 'lower')).toEqual(rowEvidence(scored, 'log_loss', 'lower'));
});
