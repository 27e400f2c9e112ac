import { describe, expect, it } from 'vitest';
import { encodeLabel } from '../../../src/domain/drift/encode-label.ts';
import { judgePerformance } from '../../../src/domain/drift/judge-performance.ts';
import { labelSkew } from '../../../src/domain/drift/label-skew.ts';
import { makeProfile } from '../../../src/domain/drift/make-profile.ts';
import type { Model } from '../../../src/domain/spec/valid.ts';
import { fakeModel } from '../../serve/fake-runtime.ts';

const model = fakeModel();
const promised = [
  { metric: 'roc_auc', value: 0.75, lower: 0.74, upper: 0.76 },
  { metric: 'log_loss', value: 0.5, lower: 0.49, upper: 0.51 },
];

/** Scores i/n of n rows; the label of a row is 1 in `period` for low scores and in 1/`period` of the others for high ones. */
function labelled(rows: number, informative: boolean) {
  const predictions = Float64Array.from({ length: rows }, (_, i) => (i + 0.5) / rows);
  const labels = Float64Array.from(predictions, (p, i) =>
    (informative ? ((i * 7919) % 100) / 100 < p : i % 2 === 0) ? 1 : 0,
  );
  return { predictions, labels };
}

describe('judgePerformance', () => {
  it('keeps a promise that the rows bear out, and reports the calibration gap', () => {
    const findings = judgePerformance(
      labelled(5000, true),
      promised,
      [{ metric: 'roc_auc', noWorseThan: 0.05 }],
      model,
    );
    expect(findings).toMatchObject([
      { metric: 'roc_auc', rows: 5000, verdict: 'kept', promised: { value: 0.75 } },
      { metric: 'calibration_gap', verdict: 'reported' },
    ]);
    expect(findings[0]!.measured!.value).toBeGreaterThan(0.75);
    const gap = findings[1]!.measured!;
    expect(gap.lower!).toBeLessThan(0);
    expect(gap.upper!).toBeGreaterThan(0);
  });

  it('calls a promise broken when even the favourable end of the interval is too far off', () => {
    const wanted = [
      { metric: 'roc_auc' as const, noWorseThan: 0.05 },
      { metric: 'log_loss' as const, noWorseThan: 0.05 },
    ];
    expect(judgePerformance(labelled(5000, false), promised, wanted, model)).toMatchObject([
      { metric: 'roc_auc', verdict: 'broken' },
      { metric: 'log_loss', verdict: 'broken' },
      { metric: 'calibration_gap' },
    ]);
  });

  it.each([
    ['too few rows', labelled(349, false), promised],
    ['no promise', labelled(5000, false), []],
    ['one class only', { predictions: labelled(500, true).predictions, labels: new Float64Array(500) }, promised],
  ])('cannot tell with %s', (_what, rows, promises) => {
    const [finding] = judgePerformance(rows, promises, [{ metric: 'roc_auc', noWorseThan: 0 }], model);
    expect(finding!.verdict).toBe('cannot-tell');
  });

  it('does not call the interval broken that reaches the promise', () => {
    // 400 rows: the interval of an area near .5 reaches about .056 to either side.
    const [finding] = judgePerformance(
      labelled(400, false),
      [{ ...promised[0]!, value: 0.53 }],
      [{ metric: 'roc_auc', noWorseThan: 0 }],
      model,
    );
    expect(finding).toMatchObject({ verdict: 'kept' });
  });

  describe('while labels come in', () => {
    const all = labelled(5000, true);
    const prediction = makeProfile('prediction', [...all.predictions], { kind: 'numeric', low: 0, width: 0.001 });
    const wanted = [{ metric: 'log_loss', noWorseThan: 0.01 }];
    const part = (keep: (row: number) => boolean) => ({
      predictions: all.predictions.filter((_, row) => keep(row)),
      labels: all.labels.filter((_, row) => keep(row)),
    });

    it('says how many of the rows have labels, and judges these', () => {
      const found = judgePerformance(
        part((row) => row % 2 === 0),
        promised,
        wanted,
        model,
        { rows: 5000, prediction },
      );
      expect(found[0]).toMatchObject({ rows: 2500, outOf: 5000, skew: 0, verdict: 'kept' });
      expect(found[1]).toMatchObject({ metric: 'calibration_gap', rows: 2500, outOf: 5000 });
    });

    it('decides nothing while the labelled rows are of another kind than the window', () => {
      const doubtful = part((row) => row > 1500 && row < 3500);
      expect(judgePerformance(doubtful, promised, wanted, model)[0]).toMatchObject({ verdict: 'broken' });
      const [found] = judgePerformance(doubtful, promised, wanted, model, { rows: 5000, prediction });
      expect(found).toMatchObject({ verdict: 'cannot-tell', outOf: 5000, measured: { value: expect.any(Number) } });
      // The middle 40 % of a uniform distribution: .3 at both ends, less √(ln 40 / 2n).
      expect(found!.skew).toBeCloseTo(0.3 - Math.sqrt(Math.log(40) / (2 * 1999)), 2);
    });

    it('compares chosen classes by their shares', () => {
      const grid = { kind: 'categorical' as const, categories: ['0', '1'], open: false };
      const classes = makeProfile('prediction', [...'0101010101'], grid);
      expect(labelSkew(new Float64Array(1000), classes)).toBeCloseTo(0.5 - Math.sqrt(Math.log(40) / 2000), 12);
      expect(labelSkew(new Float64Array(0), classes)).toBe(0);
    });
  });

  it('measures decisions of a multiclass model by the logged class', () => {
    const multiclass: Model = {
      ...model,
      task: 'multiclass-classification',
      signature: { ...model.signature, output: { name: 'p', classes: ['a', 'b', 'c'] } },
    };
    const labels = Float64Array.from({ length: 900 }, (_, i) => i % 3);
    const predictions = labels.map((label, i) => (i % 9 === 0 ? (label + 1) % 3 : label));
    const wanted = [
      { metric: 'accuracy' as const, noWorseThan: 0 },
      { metric: 'log_loss' as const, noWorseThan: 0 },
    ];
    const findings = judgePerformance(
      { predictions, labels },
      [{ metric: 'accuracy', value: 0.99, lower: null, upper: null }],
      wanted,
      multiclass,
    );
    expect(findings).toMatchObject([{ verdict: 'broken' }, { verdict: 'cannot-tell' }]);
    expect(findings[0]!.measured!.value).toBeCloseTo(8 / 9, 12);
  });
});

it.each([
  ['binary-classification', { positive: true }, 'true', 1],
  ['binary-classification', { positive: true }, '1', 1],
  ['binary-classification', { positive: true }, 'false', 0],
  ['binary-classification', { positive: 'yes' }, 'true', 0],
  ['binary-classification', { positive: 'yes' }, 'yes', 1],
  ['multiclass-classification', { classes: ['a', 'b'] }, 'b', 1],
  ['multiclass-classification', { classes: ['a', 'b'] }, 'z', undefined],
  ['regression', {}, '12.5', 12.5],
  ['regression', {}, '', undefined],
  ['regression', {}, 'x', undefined],
] as const)('%s %j takes the label %j as %j', (task, output, text, wanted) => {
  const signature = { inputs: [], output: { name: 'y', ...output } };
  expect(encodeLabel({ task, signature } as unknown as Model, text)).toBe(wanted);
});
