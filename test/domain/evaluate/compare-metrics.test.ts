import { describe, expect, it } from 'vitest';
import { compareMetrics } from '../../../src/domain/evaluate/compare-metrics.ts';
import type { Estimate, MetricComparison } from '../../../src/domain/evaluate/evaluation.ts';
import { delong } from '../../../src/domain/evaluate/intervals/delong.ts';
import { mcnemarTest } from '../../../src/domain/evaluate/intervals/mcnemar.ts';
import { normalQuantile } from '../../../src/domain/evaluate/intervals/normal-quantile.ts';
import { tangoInterval } from '../../../src/domain/evaluate/intervals/proportion-intervals.ts';
import { standardErrorOf } from '../../../src/domain/evaluate/power.ts';
import type { ScoredRows } from '../../../src/domain/evaluate/scored-rows.ts';
import { metricsOfTask } from '../../../src/domain/spec/metric-catalogue.ts';
import type { MetricName, Task } from '../../../src/domain/spec/valid.ts';
// Figures of scikit-learn, scipy and numpy; intervals.py beside it made them, `versions` in it says with which.
import reference from './reference/intervals.json' with { type: 'json' };

type Part = { labels: number[]; candidate: number[] | number[][]; champion: number[] | number[][] };

function scoredFrom(task: Task, part: Part, threshold = 0.5, width = 1): ScoredRows {
  const model = (values: number[] | number[][]) => ({ values: Float64Array.from(values.flat()), threshold });
  return {
    task,
    rows: part.labels.length,
    width,
    labels: Float64Array.from(part.labels),
    candidate: model(part.candidate),
    champion: model(part.champion),
  };
}

const binary = scoredFrom('binary-classification', reference.binary, reference.binary.threshold);
const multiclass = scoredFrom('multiclass-classification', reference.multiclass, 0.5, reference.multiclass.classes);
const regression = scoredFrom('regression', reference.regression);
const options = { seed: 11, resamples: 4_000, confidence: 0.95 };

/** Not BCa: see `intervalsOf`. */
const METHODS: Record<string, string> = {
  pr_auc: 'percentile-bootstrap',
  median_ae: 'percentile-bootstrap',
};

const byMetric = (comparisons: MetricComparison[]) => new Map(comparisons.map((one) => [one.metric as string, one]));

describe.each([
  ['binary', binary, reference.binary.values],
  ['multiclass', multiclass, reference.multiclass.values],
  ['regression', regression, reference.regression.values],
] as const)('values of %s metrics', (_, scored, values) => {
  const found = byMetric(compareMetrics(scored, metricsOfTask(scored.task), { ...options, resamples: 20 }));

  it.each(Object.keys(values.candidate))('%s is what scikit-learn says', (metric) => {
    const one = found.get(metric);
    const expected = { candidate: values.candidate, champion: values.champion } as Record<
      string,
      Record<string, number>
    >;
    expect(one?.candidate.value).toBeCloseTo(expected.candidate?.[metric] as number, 9);
    expect(one?.champion?.value).toBeCloseTo(expected.champion?.[metric] as number, 9);
    expect(one?.difference?.value).toBeCloseTo(
      (expected.candidate?.[metric] as number) - (expected.champion?.[metric] as number),
      9,
    );
  });
});

describe.each([
  ['binary', binary, reference.binary],
  ['regression', regression, reference.regression],
] as const)('bootstrap intervals of %s metrics', (_, scored, part) => {
  const metrics = Object.keys(part.bootstrap) as MetricName[];
  const found = byMetric(compareMetrics(scored, metrics, { ...options, confidence: part.confidence }));

  type Figures = { interval: number[]; deviation: number; jackknife: number };
  type Expected = Record<'candidate' | 'champion' | 'difference', Figures>;
  const expectedOf = (metric: string) => (part.bootstrap as unknown as Record<string, Expected>)[metric] as Expected;

  it.each(metrics)('%s agrees with scipy.stats.bootstrap', (metric) => {
    const one = found.get(metric);
    expect(one?.method).toBe(METHODS[metric] ?? 'bca-bootstrap');
    for (const which of ['candidate', 'champion', 'difference'] as const) {
      const { interval, deviation } = expectedOf(metric)[which];
      const told = [one?.[which]?.lower, one?.[which]?.upper];
      // A 2.5 % quantile of 4,000 draws has a standard error of .042 deviations, the bias that BCa takes from them moves
      // it by .04, scipy's own 20,000 by .026: three times their root of squares.
      for (const side of [0, 1])
        expect(Math.abs((told[side] as number) - (interval[side] as number))).toBeLessThan(0.2 * deviation);
    }
  });

  // Where every row is resampled the delta method is not used; it is when told that there are too many rows.
  const delta = byMetric(compareMetrics(scored, metrics, { ...options, bootstrapRows: 100 }));

  it.each(metrics.filter((metric) => metric !== 'median_ae'))(
    '%s by the delta method has the standard error of the jackknife',
    (metric) => {
      const one = delta.get(metric);
      expect(one?.method).toBe('delta');
      for (const which of ['candidate', 'champion', 'difference'] as const) {
        const { jackknife } = expectedOf(metric)[which];
        const error = standardErrorOf(one?.[which] as Estimate, options.confidence) as number;
        // Leaving out one of some hundreds of rows is a step, not a derivative, and longer where one row weighs much (the
        // champion's errors have three degrees of freedom).
        expect(error / jackknife).toBeGreaterThan(0.95);
        expect(error / jackknife).toBeLessThan(1.02);
      }
    },
  );
});

describe('DeLong', () => {
  const { delong: expected } = reference.binary;

  it('agrees with the kernel over all pairs', () => {
    const result = delong(binary.labels, [binary.candidate.values, binary.champion?.values as Float64Array]);
    for (const i of [0, 1]) {
      expect(result?.areas[i]).toBeCloseTo(expected.areas[i] as number, 12);
      for (const j of [0, 1]) expect(result?.covariance[i]?.[j]).toBeCloseTo(expected.covariance[i]?.[j] as number, 12);
    }
    const auc = byMetric(compareMetrics(binary, ['roc_auc'], options)).get('roc_auc');
    for (const which of ['candidate', 'champion', 'difference'] as const) {
      expect(auc?.[which]?.lower).toBeCloseTo(expected[which][0] as number, 12);
      expect(auc?.[which]?.upper).toBeCloseTo(expected[which][1] as number, 12);
    }
  });

  it('gives the areas and standard errors that SAS documents for the data of the 1988 article', () => {
    // Ovarian cancer and bowel obstruction: albumin, total protein, K-G score, outcome ("Example: ROC contrasts", PROC LOGISTIC).
    const data =
      `3.0 5.8 10 0 3.2 6.3 5 1 3.9 6.8 3 1 2.8 4.8 6 0 3.2 5.8 3 1 0.9 4.0 5 0 2.5 5.7 8 0 1.6 5.6 5 1 3.8 5.7 5 1
      3.7 6.7 6 1 3.2 5.4 4 1 3.8 6.6 6 1 4.1 6.6 5 1 3.6 5.7 5 1 4.3 7.0 4 1 3.6 6.7 4 0 2.3 4.4 6 1 4.2 7.6 4 0 4.0 6.6 6 0
      3.5 5.8 6 1 3.8 6.8 7 1 3.0 4.7 8 0 4.5 7.4 5 1 3.7 7.4 5 1 3.1 6.6 6 1 4.1 8.2 6 1 4.3 7.0 5 1 4.3 6.5 4 1 3.2 5.1 5 1
      2.6 4.7 6 1 3.3 6.8 6 0 1.7 4.0 7 0 3.7 6.1 5 1 3.3 6.3 7 1 4.2 7.7 6 1 3.5 6.2 5 1 2.9 5.7 9 0 2.1 4.8 7 1 2.8 6.2 8 0
      4.0 7.0 7 1 3.3 5.7 6 1 3.7 6.9 5 1 3.6 6.6 5 1`
        .trim()
        .split(/\s+/)
        .map(Number);
    const column = (index: number, sign = 1) =>
      Float64Array.from({ length: data.length / 4 }, (_, row) => sign * (data[row * 4 + index] as number));
    const result = delong(column(3), [column(0), column(1), column(2, -1)]);
    expect(result?.areas.map((area) => area.toFixed(4))).toEqual(['0.7366', '0.6478', '0.7258']);
    const errors = [0, 1, 2].map((index) => Math.sqrt(result?.covariance[index]?.[index] as number).toFixed(4));
    expect(errors).toEqual(['0.0927', '0.1000', '0.1028']);
  });

  it('does not claim certainty when the classes do not overlap', () => {
    const labels = Float64Array.from({ length: 60 }, (_, row) => (row < 40 ? 0 : 1));
    const scored: ScoredRows = {
      task: 'binary-classification',
      rows: 60,
      width: 1,
      labels,
      candidate: { values: labels, threshold: 0.5 },
    };
    const [auc] = compareMetrics(scored, ['roc_auc'], options);
    // 20 of 20: Clopper and Pearson's lower bound is 0.025^(1/20).
    const from = { kind: 'extreme', rows: 20 };
    expect(auc?.candidate).toEqual({ value: 1, lower: expect.closeTo(0.8315665, 6), upper: 1, from });
  });
});

describe('a share that is 1 on all rows', () => {
  it('is not certain', () => {
    const labels = Float64Array.from({ length: 60 }, (_, row) => (row < 40 ? 0 : 1));
    const scored: ScoredRows = {
      task: 'binary-classification',
      rows: 60,
      width: 1,
      labels,
      candidate: { values: labels, threshold: 0.5 },
    };
    const found = byMetric(compareMetrics(scored, ['recall', 'pr_auc', 'brier'], options));
    // Of the 20 rows of the smaller class: 0.025^(1/20); of all 60, on a scale up to 2: 2 · (1 − 0.025^(1/60)).
    expect(found.get('recall')?.candidate).toMatchObject({ value: 1, lower: expect.closeTo(0.8315665, 6), upper: 1 });
    expect(found.get('pr_auc')?.candidate.lower).toBeCloseTo(0.8315665, 6);
    expect(found.get('brier')?.candidate).toEqual({
      value: 0,
      lower: 0,
      upper: expect.closeTo(2 * 0.0596295, 6),
      from: { kind: 'extreme', rows: 60 },
    });
  });
});

describe('accuracy', () => {
  it('has the score intervals of Wilson and Tango', () => {
    const [found] = compareMetrics(binary, ['accuracy'], options);
    for (const which of ['candidate', 'champion', 'difference'] as const) {
      expect(found?.[which]?.lower).toBeCloseTo(reference.binary.accuracy[which][0] as number, 6);
      expect(found?.[which]?.upper).toBeCloseTo(reference.binary.accuracy[which][1] as number, 6);
    }
  });

  it('has the p of McNemar’s exact test', () => {
    // The table [[23, 15], [19, 31]] of R's exact2x2 and of statsmodels' documentation.
    expect(mcnemarTest(15, 19)).toBeCloseTo(0.60759, 5);
    const [found] = compareMetrics(binary, ['accuracy'], options);
    expect(found?.p).toBe(mcnemarTest(...discordant(binary)));
  });

  it.each(reference.mcnemar)('McNemar of $table', ({ table, p }) => {
    expect(mcnemarTest(table[0] as number, table[1] as number) / p).toBeCloseTo(1, 9);
  });

  it.each(reference.tango)('Tango of $table', ({ table, interval }) => {
    const found = tangoInterval(table[0] as number, table[1] as number, table[2] as number, 0.95);
    expect(found.lower).toBeCloseTo(interval[0] as number, 6);
    expect(found.upper).toBeCloseTo(interval[1] as number, 6);
  });
});

/** Rows that only the candidate has right, that only the champion has. */
function discordant({ labels, candidate, champion }: ScoredRows): [number, number] {
  const isRight = (model: ScoredRows['candidate'] | undefined, row: number) =>
    ((model?.values[row] as number) >= (model?.threshold as number) ? 1 : 0) === labels[row];
  const rows = [...labels.keys()].filter((row) => isRight(candidate, row) !== isRight(champion, row));
  const gained = rows.filter((row) => isRight(candidate, row)).length;
  return [gained, rows.length - gained];
}

describe('normalQuantile', () => {
  it.each(reference.normal)('of $p', ({ p, x }) => {
    expect(normalQuantile(p)).toBeCloseTo(x, 9);
  });
});

describe('what cannot be told', () => {
  const few = (rows: number, positives: number): ScoredRows => {
    const labels = Float64Array.from({ length: rows }, (_, row) => (row < rows - positives ? 0 : 1));
    const values = labels.map((label, row) => 0.3 + 0.2 * label + (row % 7) / 20);
    return {
      task: 'binary-classification',
      rows,
      width: 1,
      labels,
      candidate: { values, threshold: 0.5 },
      champion: { values, threshold: 0.5 },
    };
  };

  it('has no bounds when there are few rows or few of a class', () => {
    for (const scored of [few(20, 10), few(200, 5)]) {
      const [auc] = compareMetrics(scored, ['roc_auc'], options);
      expect(auc?.candidate).toMatchObject({ lower: null, upper: null });
      expect(auc?.difference).toEqual({ value: 0, lower: null, upper: null });
    }
    expect(compareMetrics(few(200, 5), ['log_loss'], options)[0]?.candidate.lower).toBeTypeOf('number');
  });

  it('has no bounds then where the value is at an end of its range, either', () => {
    const scored = few(200, 5);
    const perfect = { ...scored, candidate: { values: scored.labels, threshold: 0.5 } };
    expect(compareMetrics(perfect, ['recall'], options)[0]).toMatchObject({
      method: 'none',
      candidate: { value: 1, lower: null, upper: null },
    });
  });

  it('is left out where it is not defined at all', () => {
    expect(compareMetrics(few(100, 0), ['roc_auc', 'pr_auc', 'accuracy'], options).map((one) => one.metric)).toEqual([
      'accuracy',
    ]);
    expect(compareMetrics(few(0, 0), ['roc_auc', 'accuracy', 'brier'], options)).toEqual([]);
  });
});

describe('resampling', () => {
  it('gives the same bytes for the same seed, whatever else is computed', () => {
    const alone = compareMetrics(binary, ['log_loss'], options);
    const among = compareMetrics(binary, ['brier', 'log_loss', 'f1'], options);
    expect(JSON.stringify(among[1])).toBe(JSON.stringify(alone[0]));
    expect(JSON.stringify(compareMetrics(binary, ['log_loss'], { ...options, seed: 12 })[0])).not.toBe(
      JSON.stringify(alone[0]),
    );
  });

  it('says no difference, exactly, for the same predictions', () => {
    const same = { ...binary, champion: binary.candidate };
    for (const one of compareMetrics(same, metricsOfTask('binary-classification'), { ...options, resamples: 100 })) {
      expect(one.difference).toEqual({ value: 0, lower: 0, upper: 0 });
      expect(one.p).toBe(1);
    }
  });

  it('widens when rows come in groups that repeat one another', () => {
    const indices = Array.from({ length: binary.rows * 4 }, (_, row) => row % binary.rows);
    const repeat = (values: Float64Array) => Float64Array.from(indices, (row) => values[row] as number);
    const repeated: ScoredRows = {
      ...binary,
      rows: indices.length,
      labels: repeat(binary.labels),
      candidate: { ...binary.candidate, values: repeat(binary.candidate.values) },
      champion: {
        ...(binary.champion as ScoredRows['candidate']),
        values: repeat(binary.champion?.values as Float64Array),
      },
    };
    const width = (scored: ScoredRows, metric: MetricName) => {
      const [one] = compareMetrics(scored, [metric], { ...options, resamples: 1_000 });
      return (one?.difference?.upper as number) - (one?.difference?.lower as number);
    };
    for (const metric of ['roc_auc', 'accuracy', 'log_loss'] as const) {
      const grouped = width({ ...repeated, groups: Int32Array.from(indices) }, metric);
      expect(grouped / width(binary, metric)).toBeGreaterThan(0.85);
      expect(grouped / width(binary, metric)).toBeLessThan(1.2);
    }
  });
});
