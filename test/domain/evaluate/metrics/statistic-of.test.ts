import { describe, expect, it } from 'vitest';
import { statisticOf } from '../../../../src/domain/evaluate/metrics/statistic-of.ts';
import type { ScoredRows } from '../../../../src/domain/evaluate/scored-rows.ts';
import { CATALOGUE, DEFAULT_METRICS, metricsOfTask } from '../../../../src/domain/spec/metric-catalogue.ts';
import { REFERENCE_SETS, scoredRowsOf } from './reference-sets.ts';

const ones = (rows: number) => new Uint8Array(rows).fill(1);

function valueFrom(metric: string, scored: ScoredRows): number {
  return statisticOf(metric, scored, scored.candidate).at(ones(scored.rows));
}

function binary(labels: number[], values: number[]): ScoredRows {
  return {
    task: 'binary-classification',
    rows: labels.length,
    width: 1,
    labels: Float64Array.from(labels),
    candidate: { values: Float64Array.from(values), threshold: 0.5 },
  };
}

/** The rows themselves, each as often as it counts. */
function repeated(scored: ScoredRows, counts: Uint8Array): ScoredRows {
  const rows = Array.from(counts).flatMap((count, row) => new Array<number>(count).fill(row));
  const pick = (values: Float64Array, width: number) =>
    Float64Array.from(rows.flatMap((row) => Array.from(values.subarray(row * width, (row + 1) * width))));
  return {
    ...scored,
    rows: rows.length,
    labels: pick(scored.labels, 1),
    candidate: { ...scored.candidate, values: pick(scored.candidate.values, scored.width) },
    ...(scored.weights === undefined ? {} : { weights: pick(scored.weights, 1) }),
  };
}

describe.each(REFERENCE_SETS)('metrics of the %s rows', (_, stored) => {
  const plain = scoredRowsOf(stored, false);
  const weighted = scoredRowsOf(stored, true);

  it.each(stored.cases)('$metric is what $by says (weighted: $weighted)', ({ metric, value, weighted: isWeighted }) => {
    const found = valueFrom(metric, isWeighted ? weighted : plain);
    expect(Math.abs(found - value)).toBeLessThan(1e-9 * Math.max(1, Math.abs(value)));
  });
});

describe('the reference', () => {
  it('has every metric of the catalogue for each of its tasks', () => {
    for (const [name, facts] of Object.entries(CATALOGUE)) {
      for (const task of facts.tasks) {
        const sets = REFERENCE_SETS.filter(([, stored]) => stored.task === task);
        const tried = sets.flatMap(([, stored]) => stored.cases.map((one) => one.metric.split('@')[0]));
        expect(tried, `${name} for ${task}`).toContain(name);
      }
    }
  });
});

describe('a statistic', () => {
  it.each(REFERENCE_SETS.filter(([, stored]) => stored.task !== 'ranking'))(
    'of the %s rows counts a row of count two as two rows, and one of none as none',
    (_, stored) => {
      const counts = Uint8Array.from(stored.labels, (_label, row) => (row * 7) % 3);
      for (const weighted of [false, true]) {
        const scored = scoredRowsOf(stored, weighted);
        const twice = repeated(scored, counts);
        for (const { metric } of stored.cases.filter((one) => one.weighted === weighted)) {
          const found = statisticOf(metric, scored, scored.candidate).at(counts);
          const expected = valueFrom(metric, twice);
          expect(Math.abs(found - expected), metric).toBeLessThan(1e-10 * Math.max(1, Math.abs(expected)));
        }
      }
    },
  );

  it('of a median is found wherever a resample has it', () => {
    const rows = 2_000;
    const scored: ScoredRows = {
      ...binary(
        new Array<number>(rows).fill(0),
        Array.from({ length: rows }, (_, row) => (row * 7919) % rows),
      ),
      task: 'regression',
    };
    const median = statisticOf('median_ae', scored, scored.candidate);
    for (const from of [0, 500, 950, 1_000, 1_050, 1_900]) {
      // The errors from `from` on alone; their median is halfway to the last.
      const counts = Uint8Array.from(scored.candidate.values, (error) => (error >= from ? 3 : 0));
      expect(median.at(counts)).toBe((from + rows - 1) / 2);
      const below = Uint8Array.from(scored.candidate.values, (error) => (error <= from ? 1 : 0));
      expect(median.at(below)).toBe(from / 2);
    }
  });

  it('lies within the range of the catalogue', () => {
    for (const [, stored] of REFERENCE_SETS) {
      for (const { metric, value } of stored.cases) {
        const [lowest, highest] = CATALOGUE[metric.split('@')[0] as string]?.range ?? [];
        expect(value, metric).toBeGreaterThanOrEqual(lowest as number);
        expect(value, metric).toBeLessThanOrEqual(highest as number);
      }
    }
  });
});

describe('what is not defined', () => {
  const regression = (labels: number[], values: number[]): ScoredRows => ({
    ...binary(labels, values),
    task: 'regression',
  });

  it('is NaN with one class', () => {
    for (const metric of metricsOfTask('binary-classification').filter((name) => CATALOGUE[name]?.needsClasses)) {
      // Recall and precision of the positive class need rows of that class; specificity of the other.
      const labels = metric === 'specificity' ? [1, 1, 1] : [0, 0, 0];
      expect(valueFrom(metric === 'f_beta' ? 'f_beta@2' : metric, binary(labels, [0.1, 0.2, 0.3])), metric).toBeNaN();
    }
  });

  it('is NaN without a row, whatever the metric', () => {
    for (const task of Object.keys(DEFAULT_METRICS) as (keyof typeof DEFAULT_METRICS)[]) {
      const scored: ScoredRows = { ...binary([], []), task, width: task === 'multiclass-classification' ? 3 : 1 };
      for (const metric of metricsOfTask(task)) expect(valueFrom(metric, scored), metric).toBeNaN();
    }
  });

  it('is NaN where predictions or labels are outside of what the metric is about', () => {
    expect(valueFrom('rmsle', regression([1, 2], [1, -1]))).toBeNaN();
    expect(valueFrom('rmsle', regression([0, 2], [0, -0.5]))).not.toBeNaN();
    expect(valueFrom('poisson_deviance', regression([1, 0], [1, 0]))).toBeNaN();
    expect(valueFrom('poisson_deviance', regression([1, 0], [1, 1]))).toBeCloseTo(1, 12);
    expect(valueFrom('tweedie_deviance@2', regression([1, 0], [1, 1]))).toBeNaN();
    expect(valueFrom('tweedie_deviance@1.5', regression([1, -1], [1, 1]))).toBeNaN();
    expect(valueFrom('tweedie_deviance@0.5', regression([1, 2], [1, 1]))).toBeNaN();
    expect(valueFrom('tweedie_deviance@0', regression([1, -1], [1, 1]))).toBe(2);
    expect(valueFrom('interval_coverage', regression([1, 2], [1, 2]))).toBeNaN();
    expect(valueFrom('expected_cost', binary([0, 1], [0.1, 0.9]))).toBeNaN();
    expect(valueFrom('r2', regression([3.3, 3.3, 3.3], [1, 2, 3]))).toBeNaN();
    expect(valueFrom('smape', regression([0, 1], [0, 1]))).toBe(0);
  });

  it('is NaN where no logistic regression fits: classes that do not overlap, one probability', () => {
    expect(valueFrom('calibration_slope', binary([0, 0, 1, 1], [0.1, 0.2, 0.6, 0.9]))).toBeNaN();
    expect(valueFrom('calibration_slope', binary([0, 1, 0, 1], [0.3, 0.3, 0.3, 0.3]))).toBeNaN();
  });
});

describe('the calibration slope', () => {
  it('is found from afar: scores that say nothing, scores that say the opposite', () => {
    const spread = Array.from({ length: 400 }, (_, row) => ((row * 0.618033989) % 1) * 0.98 + 0.01);
    const coin = spread.map((_value, row) => ((row * 0.754877666) % 1 < 0.5 ? 1 : 0));
    expect(Math.abs(valueFrom('calibration_slope', binary(coin, spread)))).toBeLessThan(0.1);
    const opposite = spread.map((p, row) => ((row * 0.754877666) % 1 < 1 / (1 + (p / (1 - p)) ** 5) ? 1 : 0));
    expect(valueFrom('calibration_slope', binary(opposite, spread))).toBeCloseTo(-5, 0);
  });
});

describe('a query', () => {
  const ranking = (groups: number[] | undefined, labels: number[], values: number[]): ScoredRows => ({
    task: 'ranking',
    rows: labels.length,
    width: 1,
    labels: Float64Array.from(labels),
    candidate: { values: Float64Array.from(values), threshold: 0.5 },
    ...(groups === undefined ? {} : { groups: Int32Array.from(groups) }),
  });

  it('without relevant rows is left out', () => {
    const scored = ranking([0, 0, 1, 1, 1], [0, 1, 0, 0, 0], [2, 1, 3, 2, 1]);
    expect(valueFrom('mrr', scored)).toBe(0.5);
    expect(valueFrom('map', scored)).toBe(0.5);
    expect(valueFrom('ndcg', scored)).toBeCloseTo(1 / Math.log2(3), 12);
    expect(valueFrom('ndcg', ranking([0, 0], [0, 0], [2, 1]))).toBeNaN();
  });

  it('counts as often as its rows are drawn together', () => {
    const scored = ranking([0, 0, 1, 1], [0, 1, 1, 0], [2, 1, 2, 1]);
    const mrr = statisticOf('mrr', scored, scored.candidate);
    expect(mrr.at(Uint8Array.of(1, 1, 1, 1))).toBe(0.75);
    expect(mrr.at(Uint8Array.of(3, 3, 0, 0))).toBe(0.5);
    expect(mrr.at(Uint8Array.of(3, 3, 1, 1))).toBe(0.625);
  });

  it('has no gain below 0', () => {
    expect(valueFrom('ndcg', ranking([0, 0], [-1, 1], [2, 1]))).toBeNaN();
  });

  it('gains nothing by equal scores for all, whatever the order of the rows', () => {
    for (const labels of [
      [1, 0, 0],
      [0, 0, 1],
    ]) {
      const scored = ranking([0, 0, 0], labels, [1, 1, 1]);
      expect(valueFrom('mrr', scored)).toBeCloseTo((1 + 1 / 2 + 1 / 3) / 3, 12);
      expect(valueFrom('map', scored)).toBeCloseTo((1 + 1 / 2 + 1 / 3) / 3, 12);
      expect(valueFrom('mrr@1', scored)).toBeCloseTo(1 / 3, 12);
    }
  });

  it('is all rows where there are no groups', () => {
    expect(valueFrom('mrr', ranking(undefined, [0, 0, 1], [3, 2, 1]))).toBeCloseTo(1 / 3, 12);
  });
});

describe('a custom metric', () => {
  const scored: ScoredRows = {
    task: 'regression',
    rows: 4,
    width: 1,
    labels: Float64Array.of(1, 2, 3, 4),
    weights: Float64Array.of(1, 1, 1, 3),
    candidate: {
      values: Float64Array.of(1, 2, 3, 4),
      threshold: 0.5,
      custom: { profit: { value: 9, rows: Float64Array.of(0, 1, 2, 5) }, carbon: { value: 9 } },
    },
  };

  it('is the weighted mean of its scores', () => {
    expect(valueFrom('profit', scored)).toBe(3);
    expect(statisticOf('profit', scored, scored.candidate).at(Uint8Array.of(0, 2, 0, 1))).toBe(17 / 5);
  });

  it('is its value, and says nothing of rows, without scores; NaN when it was not run', () => {
    const carbon = statisticOf('carbon', scored, scored.candidate);
    expect(carbon.at(Uint8Array.of(0, 2, 0, 1))).toBe(9);
    expect(carbon.influence).toBeUndefined();
    expect(valueFrom('toString', scored)).toBeNaN();
  });
});
