import { describe, expect, it } from 'vitest';
import { holm } from '../../../src/domain/gates/holm.ts';
import { judgeGate } from '../../../src/domain/gates/judge-gates.ts';
import type { Gate, MetricName } from '../../../src/domain/spec/valid.ts';
import { type Bounds, compared, evaluation, firstEvaluation, slice } from './some-evaluation.ts';

const base = { onFail: 'block', onCannotTell: 'approval' } as const;
const gateOf = (gate: object) => ({ ...base, confidence: 0.95, ...gate }) as Gate & { metric: MetricName };
const judge = (gate: Gate, more: Parameters<typeof evaluation>[0], evaluations = 1) =>
  judgeGate(gate, evaluation(more), { evaluations });

// The first candidate on a holdout spends 6/π² of 5 %: scipy.stats.norm.ppf(1 − .0304/2) / norm.ppf(.975) = 1.10455,
// by which an interval at 95 % is widened.
describe('a fixed value', () => {
  const min = gateOf({ kind: 'absolute', metric: 'roc_auc', min: 0.65 });
  const max = gateOf({ kind: 'absolute', metric: 'log_loss', max: 0.5 });
  const slope = gateOf({ kind: 'absolute', metric: 'calibration_slope', min: 0.9, max: 1.1 });

  it.each([
    [min, [0.7, 0.66, 0.74], 'pass', '0.700 [0.656, 0.744]'],
    [min, [0.65, 0.65, 0.65], 'pass', '0.65 [0.65, 0.65]'],
    [min, [0.99, 0.93, 1], 'pass', '0.990 [0.924, 1.000]'],
    [min, [0.6, 0.56, 0.64], 'fail', '0.600 [0.556, 0.644], wanted ≥ 0.65'],
    // 10,000 · ((2.16489 + 0.84162) · (0.04 / 1.95996) / 0.02)² = 94,121 by scipy.
    [
      min,
      [0.67, 0.63, 0.71],
      'needs-approval',
      'cannot tell: 0.670 [0.626, 0.714], wanted ≥ 0.65; about 95,000 rows would tell (here: 10,000)',
    ],
    [
      min,
      [0.64, 0.6, 0.68],
      'needs-approval',
      'cannot tell: 0.640 [0.596, 0.684], wanted ≥ 0.65; more rows would not help, roc_auc would have to be at least 0.65',
    ],
    [min, [0.9, null, null], 'needs-approval', 'cannot tell: 0.9: too few rows for an interval, wanted ≥ 0.65'],
    [min, [Number.NaN, null, null], 'needs-approval', 'cannot tell: roc_auc is not defined on these rows'],
    [max, [0.4, 0.31, 0.49], 'pass', '0.400 [0.301, 0.499]'],
    [max, [0.6, 0.55, 0.65], 'fail', '0.600 [0.545, 0.655], wanted ≤ 0.5'],
    [
      max,
      [0.45, 0.35, 0.55],
      'needs-approval',
      'cannot tell: 0.45 [0.34, 0.56], wanted ≤ 0.5; about 95,000 rows would tell (here: 10,000)',
    ],
    [slope, [1, 0.95, 1.05], 'pass', '1.000 [0.945, 1.055]'],
    [slope, [1.3, 1.25, 1.35], 'fail', '1.300 [1.245, 1.355], wanted ≥ 0.9 and ≤ 1.1'],
  ] as [Gate & { metric: MetricName }, Bounds, string, string][])('%o of %j: %s', (gate, bounds, verdict, evidence) => {
    const result = judge(gate, { metrics: [compared(gate.metric, bounds)] });
    const judged = evidence.includes('not defined') ? evidence : `${evidence}; judged at 96.96 %`;
    expect(result).toMatchObject({ verdict, evidence: judged });
  });

  it('cannot be told of a metric that is not there', () => {
    expect(judge(min, {})).toMatchObject({
      gate: 'roc_auc ≥ 0.65',
      verdict: 'needs-approval',
      evidence: 'cannot tell: roc_auc is not defined on this holdout',
    });
  });

  it('cannot be told of a metric of their own that has no scores by row', () => {
    const own = gateOf({ kind: 'absolute', metric: 'profit', min: 3 });
    const found = { ...compared('profit', [4, null, null]), method: 'none' as const };
    expect(judge(own, { metrics: [found] }).evidence).toContain(
      '4: its command gives no score for each row, so there is no interval, wanted ≥ 3',
    );
  });
});

describe('against the champion', () => {
  const margin = gateOf({ kind: 'champion', metric: 'roc_auc', noWorseThan: 0.01, better: false });
  const loss = { ...margin, metric: 'log_loss' };
  const better = gateOf({ kind: 'champion', metric: 'log_loss', better: true });
  const alike = gateOf({ kind: 'champion', metric: 'roc_auc', within: 0.02, better: false });

  it.each([
    [margin, [0, -0.009, 0.009], 'pass'],
    [margin, [-0.03, -0.04, -0.02], 'fail'],
    // The interval at 95 % would pass; what the first candidate may spend does not.
    [margin, [0, -0.0095, 0.0095], 'needs-approval'],
    [margin, [-0.005, -0.02, 0.01], 'needs-approval'],
    [loss, [0, -0.009, 0.009], 'pass'],
    [loss, [0.03, 0.02, 0.04], 'fail'],
    [loss, [0.005, -0.01, 0.02], 'needs-approval'],
    [better, [-0.02, -0.03, -0.01], 'pass'],
    [better, [-0.01, -0.02, 0], 'needs-approval'],
    [better, [0.02, 0.01, 0.03], 'fail'],
    [better, [0, 0, 0], 'fail'],
    [{ ...margin, noWorseThan: 0 }, [0, 0, 0], 'pass'],
    [alike, [0, -0.01, 0.01], 'pass'],
    [alike, [0.01, 0.005, 0.015], 'pass'],
    [alike, [0.04, 0.03, 0.05], 'fail'],
    [alike, [-0.04, -0.05, -0.03], 'fail'],
    [alike, [0.015, 0.005, 0.025], 'needs-approval'],
    [alike, [0, -0.05, 0.05], 'needs-approval'],
  ] as [Gate & { metric: MetricName }, Bounds, string][])(
    '%o of a difference of %j: %s',
    (gate, difference, verdict) => {
      expect(judge(gate, { metrics: [compared(gate.metric, [0.7, 0.69, 0.71], difference)] }).verdict).toBe(verdict);
    },
  );

  it('shows the figures that decided', () => {
    const metrics = [compared('roc_auc', [0.71, 0.7, 0.72], [-0.03, -0.04, -0.02])];
    expect(judge(margin, { metrics })).toMatchObject({
      gate: 'roc_auc against champion, no worse than 0.01',
      verdict: 'fail',
      evidence: '0.74 → 0.71, −0.030 [−0.041, −0.019], wanted ≥ −0.01; judged at 96.96 %',
    });
  });

  it.each([
    // 10,000 · ((2.16489 + 0.84162) · (0.015 / 1.95996) / 0.011)² = 43,756.
    [margin, [0.001, -0.014, 0.016], 'about 44,000 rows would tell (here: 10,000)'],
    [margin, [-0.012, -0.03, 0.006], 'more rows would not help, the difference would have to be at least −0.01'],
    [loss, [0.012, -0.006, 0.03], 'more rows would not help, the difference would have to be at most 0.01'],
    [better, [0, -0.01, 0.01], 'more rows would not help, the difference would have to be below 0'],
  ] as [Gate & { metric: MetricName }, Bounds, string][])(
    'says what would tell of %o at %j',
    (gate, difference, text) => {
      const metrics = [compared(gate.metric, [0.7, 0.69, 0.71], difference)];
      expect(judge(gate, { metrics }).evidence).toContain(text);
    },
  );

  it('reads the interval at its own confidence', () => {
    const metrics = [compared('roc_auc', [0.7, 0.69, 0.71], [0.001, -0.0099, 0.0119])];
    const verdicts = [0.9, 0.95, 0.99].map(
      (confidence) => judge({ ...margin, confidence } as Gate, { metrics }).verdict,
    );
    expect(verdicts).toEqual(['pass', 'needs-approval', 'needs-approval']);
  });

  it('asks for more of a holdout that has judged others', () => {
    const metrics = [compared('roc_auc', [0.7, 0.69, 0.71], [0, -0.007, 0.007])];
    const results = [1, 2, 4].map((evaluations) => judge(margin, { metrics }, evaluations));
    expect(results.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'needs-approval']);
    expect(results[2]?.evidence).toContain('; evaluation 4 of this holdout: judged at 99.81 %');
  });

  it('passes the first version, and cannot tell when the champion could not be scored', () => {
    expect(judgeGate(margin, firstEvaluation())).toMatchObject({
      verdict: 'pass',
      evidence: 'there is no champion yet',
    });
    const skipped = firstEvaluation({ championSkipped: 'its input x is not in the dataset' });
    expect(judgeGate(margin, skipped)).toMatchObject({
      verdict: 'needs-approval',
      evidence: 'cannot tell: the champion could not be scored: its input x is not in the dataset',
    });
  });
});

describe('slices', () => {
  const every = gateOf({ kind: 'slice', metric: 'accuracy', slice: '*', minRows: 500, noWorseThan: 0.02 });

  it('pass when every one does, and the worst is named', () => {
    const slices = [slice('origin=ATL', 900, [0.02, 0, 0.04]), slice('origin=ORD', 800, [-0.005, -0.015, 0.005])];
    expect(judge(every, { slices, slicesLeftOut: 3 })).toMatchObject({
      gate: 'accuracy in every slice of 500 rows, no worse than champion by 0.02',
      verdict: 'pass',
      evidence:
        'all 2 slices, the worst: origin=ORD 0.805 → 0.8, −0.005 [−0.016, +0.006]; judged at 96.96 %; 3 smaller or further slices were not judged',
    });
  });

  it('fail when one is worse beyond doubt', () => {
    const slices = [slice('origin=ATL', 900, [0.01, -0.01, 0.03]), slice('origin=ORD', 800, [-0.08, -0.1, -0.06])];
    expect(judge(every, { slices })).toMatchObject({
      verdict: 'fail',
      evidence: '1 of 2 slices: origin=ORD 0.88 → 0.8, −0.080 [−0.102, −0.058], wanted ≥ −0.02; judged at 96.96 %',
    });
  });

  it('do not fail for one of many that is worse by what chance gives', () => {
    // z = (0.0325 − 0.02) / (0.0098 / 1.96) = 2.5: p = .0062 one-sided, beyond .0152 alone but not among forty.
    const unlucky = slice('origin=ORD', 800, [-0.0325, -0.0423, -0.0227]);
    const others = Array.from({ length: 39 }, (_, index) => slice(`origin=${index}`, 900, [0.01, 0, 0.02]));
    expect(judge(every, { slices: [unlucky] }).verdict).toBe('fail');
    expect(judge(every, { slices: [unlucky, ...others] })).toMatchObject({
      verdict: 'needs-approval',
      evidence: expect.stringContaining('1 of 40 slices: origin=ORD'),
    });
  });

  it('are judged only with enough rows', () => {
    const slices = [slice('origin=ATL', 499, [-0.5, -0.6, -0.4]), slice('origin=ORD', 500, [0, -0.01, 0.01])];
    expect(judge(every, { slices })).toMatchObject({
      verdict: 'pass',
      evidence: expect.stringContaining('1 smaller or further slices were not judged'),
    });
    expect(judge({ ...every, slice: 'origin=ATL' } as Gate, { slices })).toMatchObject({
      verdict: 'needs-approval',
      evidence: 'cannot tell: slice origin=ATL has 499 rows, the gate asks for 500',
    });
    expect(judge({ ...every, slice: 'origin=ZZZ' } as Gate, { slices }).evidence).toBe(
      'cannot tell: there is no slice origin=ZZZ in this holdout',
    );
    expect(judge(every, { slices: [] }).evidence).toBe('cannot tell: no slice has 500 rows or more');
  });

  it('have fixed values too, also without a champion', () => {
    const floor = gateOf({ kind: 'slice', metric: 'accuracy', slice: '*', minRows: 500, min: 0.79 });
    const slices = [slice('a', 600, [0, 0, 0], [0.9, 0.88, 0.92]), slice('b', 600, [0, 0, 0], [0.7, 0.67, 0.73])];
    expect(judgeGate(floor, firstEvaluation({ slices }))).toMatchObject({
      verdict: 'fail',
      evidence: '1 of 2 slices: b 0.700 [0.667, 0.733], wanted ≥ 0.79; judged at 96.96 %',
    });
    expect(judgeGate(every, firstEvaluation({ slices })).verdict).toBe('pass');
  });

  it('have their fixed values judged although the champion could not be scored', () => {
    const both = gateOf({ kind: 'slice', metric: 'accuracy', slice: 'a', minRows: 500, min: 0.7, noWorseThan: 0.02 });
    const of = (candidate: Bounds) =>
      judgeGate(
        both,
        firstEvaluation({ championSkipped: 'no column x', slices: [slice('a', 600, [0, 0, 0], candidate)] }),
      );
    expect(of([0.6, 0.58, 0.62])).toMatchObject({
      verdict: 'fail',
      evidence: expect.stringMatching(/^1 of 1 slices: a 0\.600 .*; the champion could not be scored: no column x$/),
    });
    expect(of([0.8, 0.78, 0.82])).toMatchObject({
      verdict: 'needs-approval',
      evidence: expect.stringMatching(/^cannot tell: a 0\.800 .*; the champion could not be scored: no column x$/),
    });
  });

  it('that hold neither or one of two bounds are told apart', () => {
    const both = gateOf({ kind: 'slice', metric: 'accuracy', slice: 'a', minRows: 500, min: 0.7, noWorseThan: 0.02 });
    const of = (difference: Bounds, candidate: Bounds) =>
      judge(both, { slices: [slice('a', 600, difference, candidate)] }).verdict;
    expect(of([0, -0.01, 0.01], [0.8, 0.78, 0.82])).toBe('pass');
    expect(of([-0.1, -0.11, -0.09], [0.8, 0.78, 0.82])).toBe('fail');
    expect(of([0, -0.01, 0.01], [0.6, 0.58, 0.62])).toBe('fail');
    expect(of([0, -0.05, 0.05], [0.8, 0.78, 0.82])).toBe('needs-approval');
  });
});

describe('holm', () => {
  it('agrees with the worked example of statsmodels.stats.multitest.multipletests(method="holm")', () => {
    // multipletests([.01, .04, .03, .005], .05, 'holm')[0] → [True, False, False, True]
    expect(holm([0.01, 0.04, 0.03, 0.005], 0.05)).toEqual([true, false, false, true]);
  });

  it('counts hypotheses whose p is not given', () => {
    // multipletests([.005, .01, .9, .9, .9, .9], .05, 'holm')[0][:2] → [True, True]; with nine of .9: [True, False]
    expect(holm([0.005, 0.01], 0.05, 6)).toEqual([true, true]);
    expect(holm([0.005, 0.01], 0.05, 10)).toEqual([true, false]);
  });
});
