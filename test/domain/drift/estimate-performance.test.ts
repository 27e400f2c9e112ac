import { describe, expect, it } from 'vitest';
import { calibrate } from '../../../src/domain/drift/calibrate.ts';
import { estimatePerformance } from '../../../src/domain/drift/estimate-performance.ts';
import { isotonic } from '../../../src/domain/drift/isotonic.ts';
import { pastErrors, withPastErrors } from '../../../src/domain/drift/past-errors.ts';
import type { ColumnProfile, ReferenceProfile } from '../../../src/domain/drift/profile.ts';
import type { Model } from '../../../src/domain/spec/valid.ts';
import { fakeModel } from '../../serve/fake-runtime.ts';
// scikit-learn 1.9 and numpy 2.4: see make-performance.py beside it.
import reference from './reference/performance.json' with { type: 'json' };

const METRICS = Object.keys(reference.estimates[0]!.promised) as (keyof (typeof reference.estimates)[0]['promised'])[];
const model = fakeModel();
const judged = (task: Model['task'], threshold = 0.5): Model => ({
  ...model,
  task,
  evaluate: { ...model.evaluate, threshold },
});

function scores(bins: number[][]): ColumnProfile {
  const counts = bins as [number, number][];
  const rows = counts.reduce((sum, [, count]) => sum + count, 0);
  const outside = { under: 0, over: 0, nulls: 0, nans: 0, infinities: 0 };
  return { column: 'score', rows, kind: 'numeric', low: 0, width: 0.001, bins: counts, ...outside };
}

function referenceOf(
  parts: Omit<Partial<ReferenceProfile>, 'prediction'> & { prediction?: ColumnProfile },
): ReferenceProfile {
  const prediction = { ...(parts.prediction ?? scores([])), measure: { of: 'value', column: 'score' } as const };
  return { version: 2, rows: 0, columns: [], groups: [], promised: [], ...parts, prediction };
}

describe('isotonic', () => {
  it.each(reference.isotonic.map((one) => [one.scores.length, 'compacted' in one, one] as const))(
    'fits %i rows as scikit-learn does (compacted: %s)',
    (_rows, compacted, one) => {
      const knots = isotonic(Float64Array.from(one.scores), Float64Array.from(one.labels));
      expect(knots.length).toBeLessThanOrEqual(200);
      const fitted = one.at.map((score) => calibrate(knots, score));
      const errors = fitted.map((value, place) => Math.abs(value - one.values[place]!));
      expect(Math.max(...errors)).toBeLessThan(compacted ? 1e-2 : 1e-9);
    },
  );

  it('leaves out rows without score or label, and has no knots of none', () => {
    const scored = Float64Array.of(0.1, Number.NaN, 0.9, 0.5);
    expect(isotonic(scored, Float64Array.of(0, 1, 1, Number.NaN))).toEqual([
      [0.1, 0],
      [0.9, 1],
    ]);
    expect(isotonic(new Float64Array(0), new Float64Array(0))).toEqual([]);
  });
});

describe('estimatePerformance', () => {
  describe.each(reference.estimates)('$name', (one) => {
    const known = referenceOf({
      prediction: scores(one.reference),
      calibration: one.calibration as [number, number][],
      threshold: one.threshold,
    });
    const window = { prediction: scores(one.window) };
    // Values are in the middles of the bins only where the script put them there.
    const digits = one.binned ? 9 : 2.5;

    it('estimates as CBPE does row by row where nothing is promised', () => {
      const found = estimatePerformance(known, window, METRICS, judged('binary-classification', 0.9));
      expect(found.map(({ metric }) => metric)).toEqual(METRICS);
      for (const { metric, value } of found) expect(value).toBeCloseTo(one.cbpe[metric as 'f1'], digits);
    });

    it('moves the promise by as much as the estimate moved', () => {
      const promised = METRICS.map((metric) => ({ metric, value: one.promised[metric], lower: null, upper: null }));
      const found = estimatePerformance({ ...known, promised }, window, METRICS, judged('binary-classification'));
      for (const { metric, value, promised: of } of found) {
        expect(of).toBe(one.promised[metric as 'f1']);
        expect(value).toBeCloseTo(one.estimates[metric as 'f1'], digits);
        // The same outcomes by score as on the holdout: what it claims to estimate.
        expect(Math.abs(value - one.measured[metric as 'f1'])).toBeLessThan(one.binned ? 0.06 : 0.03);
      }
    });

    it('estimates an unchanged window at its promise', () => {
      const promised = METRICS.map((metric) => ({ metric, value: one.promised[metric], lower: null, upper: null }));
      const same = { prediction: scores(one.reference) };
      const found = estimatePerformance({ ...known, promised }, same, METRICS, judged('binary-classification'));
      for (const { metric, value } of found) expect(value).toBeCloseTo(one.promised[metric as 'f1'], 12);
    });
  });

  const calibration: [number, number][] = [
    [0, 0],
    [1, 1],
  ];

  it('tells of several classes how often the chosen one is right, and nothing that needs the others', () => {
    const confidence = {
      ...scores([
        [400, 1000],
        [900, 1000],
      ]),
      measure: { of: 'value', column: 'c' } as const,
    };
    const known = referenceOf({ confidence, calibration });
    const window = {
      confidence: scores([
        [400, 3000],
        [900, 1000],
      ]),
    };
    const metrics = ['accuracy', 'micro_f1', 'macro_f1', 'log_loss', 'balanced_accuracy'];
    const found = estimatePerformance(known, window, metrics, judged('multiclass-classification'));
    const value = expect.closeTo((3 * 0.4005 + 0.9005) / 4, 12);
    expect(found).toEqual([
      { metric: 'accuracy', value },
      { metric: 'micro_f1', value },
    ]);
  });

  it('takes expected cost from the costs of the decisions', () => {
    const known = referenceOf({
      prediction: scores([
        [499, 500],
        [800, 500],
      ]),
      calibration,
    });
    const binary = judged('binary-classification');
    const costly = {
      ...binary,
      evaluate: {
        ...binary.evaluate,
        costs: [
          [0, 1],
          [5, 0],
        ],
      },
    };
    const window = { prediction: scores([[800, 400]]) };
    expect(estimatePerformance(known, window, ['expected_cost'], binary)).toEqual([]);
    expect(estimatePerformance(known, window, ['expected_cost'], costly)).toEqual([
      { metric: 'expected_cost', value: expect.closeTo(0.1995, 12) },
    ]);
  });

  it('estimates the error of a regression from the squared errors by prediction', () => {
    const losses = [
      { cell: 10, rows: 990, loss: 1 },
      { cell: 60, rows: 990, loss: 9 },
    ];
    const before = scores([
      [100, 500],
      [600, 500],
    ]);
    const prediction = { ...before, measure: { of: 'value', column: 'y' } as const, losses };
    const promised = [{ metric: 'rmse', value: 2.3, lower: null, upper: null }];
    const known = referenceOf({ prediction, loss: 'squared_error', promised });
    const window = {
      prediction: scores([
        [105, 100],
        [609, 300],
      ]),
    };
    // Mean 5, a quarter more of the rows where it is 9 and as many fewer where it is 1.
    const value = 2.3 + Math.sqrt(5 + 0.25 * 8 * 0.99) - Math.sqrt(5);
    const found = estimatePerformance(known, window, ['rmse', 'mae'], judged('regression'));
    expect(found).toEqual([{ metric: 'rmse', value: expect.closeTo(value, 12), promised: 2.3 }]);
  });

  it.each([
    ['a regression whose errors are not known', 'regression', ['rmse'], 1000, calibration],
    ['a ranking', 'ranking', ['ndcg'], 1000, calibration],
    ['calibration itself', 'binary-classification', ['ece', 'calibration_slope'], 1000, calibration],
    ['a command of the model', 'binary-classification', ['profit'], 1000, calibration],
    ['too few rows', 'binary-classification', ['roc_auc'], 349, calibration],
    ['no calibration', 'binary-classification', ['roc_auc'], 1000, undefined],
    ['what is not defined: nothing is decided positive', 'binary-classification', ['precision'], 1000, calibration],
  ] as const)('leaves out %s', (_what, task, metrics, rows, knots) => {
    const known = referenceOf({ prediction: scores([[100, 500]]), ...(knots ? { calibration: [...knots] } : {}) });
    expect(estimatePerformance(known, { prediction: scores([[100, rows]]) }, metrics, judged(task))).toEqual([]);
  });

  it('counts what lies beyond the grid at its edges, and stays within what a metric can be', () => {
    const promised = [{ metric: 'accuracy', value: 0.999, lower: null, upper: null }];
    const known = referenceOf({ prediction: scores([[600, 500]]), calibration, promised });
    const window = { prediction: { ...scores([]), rows: 900, under: 500, over: 400 } };
    expect(estimatePerformance(known, window, ['accuracy'], judged('binary-classification'))).toEqual([
      { metric: 'accuracy', value: 1, promised: 0.999 },
    ]);
  });
});

describe('pastErrors', () => {
  const window = (estimate: number, measured?: number) => ({
    estimates: [{ metric: 'roc_auc', value: estimate }],
    performance:
      measured === undefined
        ? []
        : [
            {
              metric: 'roc_auc',
              rows: 500,
              measured: { value: measured, lower: null, upper: null },
              verdict: 'kept' as const,
            },
          ],
  });

  it('means the errors of the windows whose truth is known', () => {
    const windows = [window(0.7, 0.72), window(0.7), window(0.75, 0.69)];
    const pastError = { mean: expect.closeTo(0.04, 12), largest: expect.closeTo(0.06, 12), windows: 2 };
    expect(pastErrors(windows)).toEqual(new Map([['roc_auc', pastError]]));
    const estimates = [
      { metric: 'roc_auc', value: 0.71 },
      { metric: 'brier', value: 0.2 },
    ];
    expect(withPastErrors(estimates, windows)).toEqual([{ ...estimates[0]!, pastError }, estimates[1]]);
  });
});
