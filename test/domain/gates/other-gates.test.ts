import { describe, expect, it } from 'vitest';
import type { Evaluation } from '../../../src/domain/evaluate/evaluation.ts';
import { judgeGate } from '../../../src/domain/gates/judge-gates.ts';
import type { Gate } from '../../../src/domain/spec/valid.ts';
import { type Bounds, estimate, evaluation, firstEvaluation, serving } from './some-evaluation.ts';

const base = { onFail: 'block', onCannotTell: 'approval' } as const;
const gateOf = (gate: object) => ({ ...base, confidence: 0.95, ...gate }) as Gate;
type Row = [what: string, gate: Gate, evaluation: Evaluation, verdict: string, name: string, evidence: string];

const fairness = gateOf({ kind: 'fairness', rate: 'selection_rate', by: 'sex', maxDifference: 0.1, minRows: 500 });
const ratio = gateOf({ kind: 'fairness', rate: 'selection_rate', by: 'sex', minRatio: 0.8, minRows: 500 });
const rates = (difference: Bounds, quotient: Bounds, leftOut = 0) =>
  evaluation({
    fairness: [
      {
        by: 'sex',
        rate: 'selection_rate',
        groups: [
          { group: 'f', rows: 900, candidate: estimate([0.2, 0.18, 0.22]) },
          { group: 'm', rows: 900, candidate: estimate([0.25, 0.23, 0.27]) },
        ],
        leftOut,
        widest: { low: 'f', high: 'm', difference: estimate(difference), ratio: estimate(quotient) },
      },
    ],
  });
const ONE_GROUP = evaluation({
  fairness: [{ by: 'sex', rate: 'selection_rate', groups: [], leftOut: 2 }],
});

const invariance = gateOf({ kind: 'invariance', name: '*', maxShare: 0.01 });
const tried = (...changed: (Bounds | string)[]) =>
  evaluation({
    robustness: {
      behaviour: [],
      invariances: changed.map((one, index) => ({
        name: `change-${index}`,
        rows: 1000,
        changed: estimate(typeof one === 'string' ? [0, null, null] : one),
        largest: 0.2,
        tolerance: 0.001,
        ...(typeof one === 'string' ? { failed: one } : {}),
      })),
    },
  });

const robust = (more: Partial<Evaluation['robustness']>) =>
  evaluation({ robustness: { behaviour: [], invariances: [], ...more } });
const behaviour = (...verdicts: ('pass' | 'fail')[]) =>
  robust({
    behaviour: verdicts.map((verdict, index) => ({
      check: 'missing',
      input: `x${index}`,
      verdict,
      evidence: verdict === 'pass' ? 'answers stay finite' : 'answers NaN',
    })),
  });
const missing = gateOf({ kind: 'behaviour', check: 'missing' });
const agreement = gateOf({ kind: 'agreement', max: 1e-4 });
const drift = gateOf({ kind: 'prediction-drift', max: 0.1 });
const moved = (distance: number) =>
  robust({ predictionDrift: { distance, meanChange: 0.01, decidedOtherwise: 0.0123 } });
const seeds = gateOf({ kind: 'seed-variance', metric: 'roc_auc', max: 0.01 });
const lucky = (deviation: number) =>
  evaluation({
    seeds: { seeds: [7, 8], metrics: [{ metric: 'roc_auc', values: [0.71, 0.72], mean: 0.715, deviation }] },
  });

// Two groups are two ordered pairs: scipy.stats.norm.ppf(1 − .0304 / 4) / norm.ppf(1 − .05 / 4) = 1.08 on that side.
const TABLE: Row[] = [
  [
    'fair',
    fairness,
    rates([0.05, 0.02, 0.08], [0.8, 0.7, 0.9]),
    'pass',
    'selection_rate by sex, difference ≤ 0.1',
    'sex=f 0.2 to sex=m 0.25: difference 0.050 [0.018, 0.083]; judged at 96.96 %',
  ],
  [
    'unfair',
    fairness,
    rates([0.2, 0.15, 0.25], [0.8, 0.7, 0.9]),
    'fail',
    'selection_rate by sex, difference ≤ 0.1',
    'sex=f 0.2 to sex=m 0.25: difference 0.200 [0.146, 0.255], wanted ≤ 0.1; judged at 96.96 %',
  ],
  [
    'perhaps unfair',
    fairness,
    rates([0.08, 0.03, 0.13], [0.8, 0.7, 0.9], 3),
    'needs-approval',
    'selection_rate by sex, difference ≤ 0.1',
    'cannot tell: sex=f 0.2 to sex=m 0.25: difference 0.080 [0.026, 0.135], wanted ≤ 0.1; 3 smaller groups were not judged; judged at 96.96 %',
  ],
  [
    'a fair ratio',
    ratio,
    rates([0.05, 0, 0.1], [0.9, 0.85, 0.95]),
    'pass',
    'selection_rate by sex, ratio ≥ 0.8',
    'sex=f 0.2 to sex=m 0.25: ratio 0.900 [0.845, 0.954]; judged at 96.96 %',
  ],
  [
    'an unfair ratio',
    ratio,
    rates([0.05, 0, 0.1], [0.7, 0.65, 0.75]),
    'fail',
    'selection_rate by sex, ratio ≥ 0.8',
    'sex=f 0.2 to sex=m 0.25: ratio 0.700 [0.645, 0.754], wanted ≥ 0.8; judged at 96.96 %',
  ],
  [
    'one group',
    fairness,
    ONE_GROUP,
    'needs-approval',
    'selection_rate by sex, difference ≤ 0.1',
    'cannot tell: 0 of 2 groups of sex have 500 rows; a comparison needs two',
  ],
  [
    'no groups',
    fairness,
    evaluation(),
    'needs-approval',
    'selection_rate by sex, difference ≤ 0.1',
    'cannot tell: there is no selection_rate by sex in this evaluation',
  ],

  [
    'fast enough',
    gateOf({ kind: 'latency', quantile: 'p99', max: 5 }),
    evaluation(),
    'pass',
    'latency p99 ≤ 5 ms',
    '0.4 ms, champion 0.3 ms on a machine',
  ],
  [
    'too slow',
    gateOf({ kind: 'latency', quantile: 'p99', max: 0.35 }),
    evaluation(),
    'fail',
    'latency p99 ≤ 0.35 ms',
    '0.4 ms, champion 0.3 ms on a machine',
  ],
  [
    'slower by what is allowed',
    gateOf({ kind: 'latency', quantile: 'p99', maxRatio: 1.6 }),
    evaluation(),
    'pass',
    'latency p99 ≤ 1.6 × champion',
    '0.4 ms, champion 0.3 ms; ratio 1.33 [1.20, 1.50] at 95 %',
  ],
  [
    'slower',
    gateOf({ kind: 'latency', quantile: 'p99', maxRatio: 1.1 }),
    evaluation(),
    'fail',
    'latency p99 ≤ 1.1 × champion',
    '0.4 ms, champion 0.3 ms; ratio 1.33 [1.20, 1.50], wanted ≤ 1.1 at 95 %',
  ],
  [
    'perhaps slower',
    gateOf({ kind: 'latency', quantile: 'p99', maxRatio: 1.4 }),
    evaluation(),
    'needs-approval',
    'latency p99 ≤ 1.4 × champion',
    'cannot tell: 0.4 ms, champion 0.3 ms; ratio 1.33 [1.20, 1.50], wanted ≤ 1.4 at 95 %',
  ],
  [
    'fast enough and perhaps slower',
    gateOf({ kind: 'latency', quantile: 'p99', max: 5, maxRatio: 1.4 }),
    evaluation(),
    'needs-approval',
    'latency p99 ≤ 5 ms and ≤ 1.4 × champion',
    'cannot tell: 0.4 ms, champion 0.3 ms; ratio 1.33 [1.20, 1.50], wanted ≤ 1.4 at 95 % on a machine',
  ],
  [
    'a ratio to none',
    gateOf({ kind: 'latency', quantile: 'p99', maxRatio: 1.4 }),
    firstEvaluation(),
    'pass',
    'latency p99 ≤ 1.4 × champion',
    '0.4 ms; there is no champion yet',
  ],
  [
    'throughput',
    gateOf({ kind: 'throughput', batch: 1000, min: 50_000 }),
    evaluation(),
    'pass',
    'throughput in batches of 1,000 ≥ 50,000 rows/s',
    '123,000 rows/s, champion 123,000 rows/s on a machine',
  ],
  [
    'too little throughput',
    gateOf({ kind: 'throughput', batch: 1000, minRatio: 0.97 }),
    evaluation(),
    'fail',
    'throughput in batches of 1,000 ≥ 0.97 × champion',
    '123,000 rows/s, champion 123,000 rows/s; ratio 0.900 [0.850, 0.950], wanted ≥ 0.97 at 95 %',
  ],
  [
    'other batches',
    gateOf({ kind: 'throughput', batch: 8, min: 1 }),
    evaluation(),
    'needs-approval',
    'throughput in batches of 8 ≥ 1 rows/s',
    'cannot tell: batches of 8 rows were not measured; measured: 1,000',
  ],
  ['size', gateOf({ kind: 'size', max: 60_000_000 }), evaluation(), 'pass', 'size ≤ 60 MB', '52 MB, champion 40 MB'],
  [
    'too large',
    gateOf({ kind: 'size', max: 50_000_000 }),
    evaluation(),
    'fail',
    'size ≤ 50 MB',
    '52 MB, champion 40 MB',
  ],
  [
    'grown too much',
    gateOf({ kind: 'size', maxRatio: 1.2 }),
    evaluation(),
    'fail',
    'size ≤ 1.2 × champion',
    '52 MB, champion 40 MB; ratio 1.3, wanted ≤ 1.2',
  ],
  [
    'memory',
    gateOf({ kind: 'memory', max: 1e8, maxRatio: 1.5 }),
    evaluation(),
    'pass',
    'memory ≤ 100 MB and ≤ 1.5 × champion',
    '80 MB, champion 80 MB; ratio 1.10 [1.00, 1.20] over all runs on a machine',
  ],
  [
    'memory that was not measured',
    gateOf({ kind: 'memory', max: 1e8 }),
    evaluation({
      serving: {
        ...serving,
        candidate: { ...serving.candidate, memoryBytes: undefined as never },
        probeFailed: 'no /proc',
      },
    }),
    'needs-approval',
    'memory ≤ 100 MB',
    'cannot tell: memory was not measured: no /proc',
  ],
  [
    'cold start',
    gateOf({ kind: 'cold-start', max: 300 }),
    evaluation(),
    'fail',
    'cold start ≤ 300 ms',
    '350 ms, champion 350 ms on a machine',
  ],

  [
    'nothing changed',
    invariance,
    tried([0, 0, 0.004]),
    'pass',
    'every invariance, changed answers ≤ 1 %',
    'change-0 moved 0.2 at most on 1,000 rows, share changed 0.0000 [0.0000, 0.0044]; judged at 96.96 %',
  ],
  [
    'one of two changed',
    invariance,
    tried([0, 0, 0.004], [0.2, 0.18, 0.22]),
    'fail',
    'every invariance, changed answers ≤ 1 %',
    '1 of 2 invariances: change-1 moved 0.2 at most on 1,000 rows, share changed 0.200 [0.178, 0.222], wanted ≤ 0.01; judged at 96.96 %',
  ],
  [
    'one failed',
    invariance,
    tried('no such function'),
    'needs-approval',
    'every invariance, changed answers ≤ 1 %',
    'cannot tell: 1 of 1 invariances: change-0 could not be tried: no such function; judged at 96.96 %',
  ],
  [
    'none tried',
    gateOf({ kind: 'invariance', name: 'noise', maxShare: 0 }),
    tried([0, 0, 0.1]),
    'needs-approval',
    'invariance noise, changed answers ≤ 0 %',
    'cannot tell: invariance noise was not tried',
  ],

  ['bears missing values', missing, behaviour('pass'), 'pass', 'bears missing inputs', 'x0: answers stay finite'],
  ['does not', missing, behaviour('pass', 'fail'), 'fail', 'bears missing inputs', 'x1: answers NaN'],
  [
    'was not tried',
    missing,
    evaluation(),
    'needs-approval',
    'bears missing inputs',
    'cannot tell: missing was not tried',
  ],

  [
    'agrees',
    agreement,
    robust({ agreement: { rows: 100, largest: 1e-5, mean: 1e-6 } }),
    'pass',
    'agreement with the training framework ≤ 0.0001',
    'differs by 0.00001 at most, 1.00e−6 on average, on 100 rows',
  ],
  [
    'does not agree',
    agreement,
    robust({ agreement: { rows: 100, largest: 0.1, mean: 0.01 } }),
    'fail',
    'agreement with the training framework ≤ 0.0001',
    'differs by 0.1 at most, 0.01 on average, on 100 rows',
  ],
  [
    'could not be compared',
    agreement,
    robust({ agreement: { rows: 0, largest: 0, mean: 0, failed: 'no column x' } }),
    'needs-approval',
    'agreement with the training framework ≤ 0.0001',
    'cannot tell: the predictions could not be compared: no column x',
  ],
  [
    'nothing to agree with',
    agreement,
    evaluation(),
    'needs-approval',
    'agreement with the training framework ≤ 0.0001',
    'cannot tell: the artifact holds no predictions of the training framework',
  ],

  [
    'predicts alike',
    drift,
    moved(0.05),
    'pass',
    'drift of predictions from champion ≤ 0.1',
    'distance 0.05, an answer changed by 0.01 on average, 1.23 % decided otherwise',
  ],
  [
    'predicts otherwise',
    drift,
    moved(0.2),
    'fail',
    'drift of predictions from champion ≤ 0.1',
    'distance 0.2, an answer changed by 0.01 on average, 1.23 % decided otherwise',
  ],
  [
    'drift of the first',
    drift,
    firstEvaluation(),
    'pass',
    'drift of predictions from champion ≤ 0.1',
    'there is no champion yet',
  ],
  [
    'drift that was not taken',
    drift,
    evaluation(),
    'needs-approval',
    'drift of predictions from champion ≤ 0.1',
    'cannot tell: the predictions were not compared',
  ],

  [
    'steady',
    seeds,
    lucky(0.005),
    'pass',
    'roc_auc over seeds, deviation ≤ 0.01',
    'deviation 0.005 around 0.715 over 2 seeds',
  ],
  [
    'lucky',
    seeds,
    lucky(0.02),
    'fail',
    'roc_auc over seeds, deviation ≤ 0.01',
    'deviation 0.02 around 0.715 over 2 seeds',
  ],
  [
    'one seed',
    seeds,
    evaluation(),
    'needs-approval',
    'roc_auc over seeds, deviation ≤ 0.01',
    'cannot tell: roc_auc is known of one seed only',
  ],
];

describe('a gate that judges no metric', () => {
  it.each(TABLE)('%s', (_what, gate, judged, verdict, name, evidence) => {
    expect(judgeGate(gate, judged)).toMatchObject({ gate: name, verdict, evidence });
  });

  it('has every verdict by its consequences', () => {
    const verdicts = (gate: Gate, judged: Evaluation) =>
      (['block', 'approval'] as const).map((consequence) => {
        return judgeGate({ ...gate, onFail: consequence, onCannotTell: consequence } as Gate, judged).verdict;
      });
    for (const [_what, gate, judged, verdict] of TABLE) {
      const blocked = verdict === 'needs-approval' ? 'cannot-tell' : verdict;
      expect(verdicts(gate, judged)).toEqual([blocked, verdict === 'pass' ? 'pass' : 'needs-approval']);
    }
  });
});
