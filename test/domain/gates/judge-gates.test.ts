import { describe, expect, it } from 'vitest';
import type {
  Estimate,
  Evaluation,
  MetricComparison,
  SliceEvaluation,
} from '../../../src/domain/evaluate/evaluation.ts';
import { holm } from '../../../src/domain/gates/holm.ts';
import { judgeGate, judgeGates } from '../../../src/domain/gates/judge-gates.ts';
import type { Gate, MetricName } from '../../../src/domain/spec/valid.ts';

type Bounds = [value: number, lower: number | null, upper: number | null];
const estimate = ([value, lower, upper]: Bounds): Estimate => ({ value, lower, upper });

const compared = (metric: MetricName, candidate: Bounds, difference?: Bounds, rows = 10_000): MetricComparison => ({
  metric,
  better: metric === 'log_loss' ? 'lower' : 'higher',
  rows,
  candidate: estimate(candidate),
  ...(difference === undefined
    ? {}
    : {
        champion: estimate([Number((candidate[0] - difference[0]).toFixed(6)), null, null]),
        difference: estimate(difference),
      }),
});

const serving = { p50: 0.1, p95: 0.2, p99: 0.4, rowsPerSecond: 1e6, sizeBytes: 52_000_000 };

const evaluation = (more: Partial<Evaluation> = {}): Evaluation => ({
  version: 1,
  task: 'binary-classification',
  dataset: 'flights',
  holdoutDigest: 'sha256:00',
  rows: 10_000,
  seed: 1,
  resamples: 1000,
  confidence: 0.95,
  threshold: 0.5,
  candidate: { digest: 'sha256:aa', serving },
  champion: { digest: 'sha256:bb', version: '1.2.0', serving: { ...serving, p99: 0.3 } },
  metrics: [],
  slices: [],
  slicesLeftOut: 0,
  curves: {},
  ...more,
});

const base = { onFail: 'block', onCannotTell: 'approval' } as const;
const judge = (gate: Gate, more: Partial<Evaluation>) => judgeGate(gate, evaluation(more));

describe('a fixed value', () => {
  const min = { ...base, kind: 'absolute', metric: 'roc_auc', min: 0.65 } as const;
  const max = { ...base, kind: 'absolute', metric: 'log_loss', max: 0.5 } as const;

  it.each([
    [min, [0.7, 0.66, 0.74], 'pass', '0.700 [0.660, 0.740]'],
    [min, [0.65, 0.65, 0.65], 'pass', '0.65 [0.65, 0.65]'],
    [min, [0.6, 0.56, 0.64], 'fail', '0.600 [0.560, 0.640], wanted ≥ 0.65'],
    // (0.04 / 0.02)² × 10,000 rows.
    [
      min,
      [0.67, 0.63, 0.71],
      'needs-approval',
      'cannot tell: 0.670 [0.630, 0.710], wanted ≥ 0.65; about 40,000 rows would tell (here: 10,000)',
    ],
    [min, [0.9, null, null], 'needs-approval', 'cannot tell: 0.9: too few rows for an interval, wanted ≥ 0.65'],
    [max, [0.4, 0.3, 0.5], 'pass', '0.40 [0.30, 0.50]'],
    [max, [0.6, 0.55, 0.65], 'fail', '0.600 [0.550, 0.650], wanted ≤ 0.5'],
    [
      max,
      [0.45, 0.35, 0.55],
      'needs-approval',
      'cannot tell: 0.45 [0.35, 0.55], wanted ≤ 0.5; about 40,000 rows would tell (here: 10,000)',
    ],
  ] as [Gate, Bounds, string, string][])('%o of %j: %s', (gate, bounds, verdict, evidence) => {
    const metric = gate.kind === 'absolute' ? gate.metric : 'f1';
    expect(judge(gate, { metrics: [compared(metric, bounds)] })).toMatchObject({ verdict, evidence });
  });

  it('cannot be told of a metric that is not there', () => {
    expect(judge(min, {})).toEqual({
      gate: 'roc_auc ≥ 0.65',
      verdict: 'needs-approval',
      evidence: 'cannot tell: roc_auc is not defined on this holdout',
    });
  });
});

describe('against the champion', () => {
  const margin = {
    ...base,
    kind: 'champion',
    metric: 'roc_auc',
    noWorseThan: 0.01,
    better: false,
    confidence: 0.95,
  } as const;
  const loss = { ...margin, metric: 'log_loss' } as const;
  const better = { ...base, kind: 'champion', metric: 'log_loss', better: true, confidence: 0.95 } as const;

  it.each([
    [margin, [0, -0.01, 0.01], 'pass'],
    [margin, [-0.02, -0.03, -0.011], 'fail'],
    [margin, [-0.005, -0.02, 0.01], 'needs-approval'],
    [loss, [0, -0.01, 0.01], 'pass'],
    [loss, [0.02, 0.011, 0.03], 'fail'],
    [loss, [0.005, -0.01, 0.02], 'needs-approval'],
    [better, [-0.02, -0.03, -0.001], 'pass'],
    [better, [-0.01, -0.02, 0], 'needs-approval'],
    [better, [0.01, 0, 0.02], 'fail'],
    [better, [0, 0, 0], 'fail'],
    [{ ...margin, noWorseThan: 0 }, [0, 0, 0], 'pass'],
  ] as [Gate & { metric: MetricName }, Bounds, string][])(
    '%o of a difference of %j: %s',
    (gate, difference, verdict) => {
      expect(judge(gate, { metrics: [compared(gate.metric, [0.7, 0.69, 0.71], difference)] }).verdict).toBe(verdict);
    },
  );

  it('shows the figures that decided', () => {
    const metrics = [compared('roc_auc', [0.71, 0.7, 0.72], [-0.03, -0.04, -0.02])];
    expect(judge(margin, { metrics })).toEqual({
      gate: 'roc_auc against champion, no worse than 0.01',
      verdict: 'fail',
      evidence: '0.74 → 0.71, −0.030 [−0.040, −0.020]',
    });
  });

  it('reads the interval at its own confidence', () => {
    // Half-width 0.012 at 95 % (z = 1.96) is 0.01007 at 90 % (z = 1.645) and 0.0158 at 99 % (z = 2.576).
    const metrics = [compared('roc_auc', [0.7, 0.69, 0.71], [0.001, -0.011, 0.013])];
    const verdicts = [0.9, 0.95, 0.99].map((confidence) => judge({ ...margin, confidence }, { metrics }).verdict);
    expect(verdicts).toEqual(['pass', 'needs-approval', 'needs-approval']);
  });

  it('passes the first version, and cannot tell when the champion could not be scored', () => {
    expect(judge(margin, { champion: undefined })).toMatchObject({
      verdict: 'pass',
      evidence: 'there is no champion yet',
    });
    const skipped = { champion: undefined, championSkipped: 'its input x is not in the dataset' };
    expect(judge(margin, skipped)).toMatchObject({
      verdict: 'needs-approval',
      evidence: 'cannot tell: the champion could not be scored: its input x is not in the dataset',
    });
  });
});

describe('slices', () => {
  const every: Gate = {
    ...base,
    kind: 'slice',
    metric: 'accuracy',
    slice: '*',
    minRows: 500,
    noWorseThan: 0.02,
    confidence: 0.95,
  };
  const slice = (
    name: string,
    rows: number,
    difference: Bounds,
    candidate: Bounds = [0.8, 0.78, 0.82],
  ): SliceEvaluation => ({
    name,
    rows,
    metrics: [compared('accuracy', candidate, difference, rows)],
  });

  it('pass when every one does, and the worst is named', () => {
    const slices = [slice('origin=ATL', 900, [0.02, 0, 0.04]), slice('origin=ORD', 800, [-0.005, -0.015, 0.005])];
    expect(judge(every, { slices, slicesLeftOut: 3 })).toEqual({
      gate: 'accuracy in every slice of 500 rows, no worse than champion by 0.02',
      verdict: 'pass',
      evidence:
        'all 2 slices, the worst: origin=ORD 0.805 → 0.8, −0.005 [−0.015, +0.005]; 3 smaller or further slices were not judged',
    });
  });

  it('fail when one is worse beyond doubt', () => {
    const slices = [slice('origin=ATL', 900, [0.01, -0.01, 0.03]), slice('origin=ORD', 800, [-0.08, -0.1, -0.06])];
    expect(judge(every, { slices })).toMatchObject({
      verdict: 'fail',
      evidence: '1 of 2 slices: origin=ORD 0.88 → 0.8, −0.080 [−0.100, −0.060]',
    });
  });

  it('do not fail for one of many that is worse by what chance gives', () => {
    // z = (0.03 − 0.02) / (0.0098 / 1.96) = 2: p = .023 one-sided, beyond .025 alone but not among forty.
    const unlucky = slice('origin=ORD', 800, [-0.03, -0.0398, -0.0202]);
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
    expect(judge({ ...every, slice: 'origin=ATL' }, { slices })).toMatchObject({
      verdict: 'needs-approval',
      evidence: 'cannot tell: slice origin=ATL has 499 rows, the gate asks for 500',
    });
    expect(judge({ ...every, slice: 'origin=ZZZ' }, { slices }).evidence).toBe(
      'cannot tell: there is no slice origin=ZZZ in this holdout',
    );
    expect(judge(every, { slices: [] }).evidence).toBe('cannot tell: no slice has 500 rows or more');
  });

  it('have fixed values too, also without a champion', () => {
    const floor: Gate = {
      ...base,
      kind: 'slice',
      metric: 'accuracy',
      slice: '*',
      minRows: 500,
      min: 0.79,
      confidence: 0.95,
    };
    const slices = [slice('a', 600, [0, 0, 0], [0.9, 0.88, 0.92]), slice('b', 600, [0, 0, 0], [0.7, 0.67, 0.73])];
    expect(judge(floor, { slices, champion: undefined })).toMatchObject({
      verdict: 'fail',
      evidence: '1 of 2 slices: b 0.700 [0.670, 0.730], wanted ≥ 0.79',
    });
    expect(judge(every, { slices, champion: undefined }).verdict).toBe('pass');
  });
});

describe('latency and size', () => {
  it('are what was measured', () => {
    expect(judge({ ...base, kind: 'latency', quantile: 'p99', maxMs: 5 }, {})).toEqual({
      gate: 'latency p99 ≤ 5 ms',
      verdict: 'pass',
      evidence: '0.4 ms a request, champion 0.3 ms',
    });
    expect(judge({ ...base, kind: 'size', maxBytes: 50_000_000 }, {})).toEqual({
      gate: 'size ≤ 50 MB',
      verdict: 'fail',
      evidence: '52 MB, champion 52 MB',
    });
  });
});

describe('the verdict over all gates', () => {
  const size: Gate = { ...base, kind: 'size', maxBytes: 1 };
  const fine: Gate = { ...base, kind: 'latency', quantile: 'p50', maxMs: 5 };
  const untold: Gate = { ...base, kind: 'absolute', metric: 'f1', min: 0.5 };

  it.each([
    [[], 'pass'],
    [[fine], 'pass'],
    [[fine, untold], 'needs-approval'],
    [[fine, { ...size, onFail: 'approval' }], 'needs-approval'],
    [[untold, size], 'fail'],
    [[{ ...untold, onCannotTell: 'block' }], 'fail'],
  ] as [Gate[], string][])('of %j is %s', (gates, verdict) => {
    expect(judgeGates(gates, evaluation()).verdict).toBe(verdict);
  });
});

describe('holm', () => {
  it('agrees with the worked example of statsmodels.stats.multitest.multipletests(method="holm")', () => {
    // multipletests([.01, .04, .03, .005], .05, 'holm')[0] → [True, False, False, True]
    expect(holm([0.01, 0.04, 0.03, 0.005], 0.05)).toEqual([true, false, false, true]);
  });
});
