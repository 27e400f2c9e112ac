import { describe, expect, it } from 'vitest';
import type { Evaluation, ServingCost } from '../../../src/domain/evaluate/evaluation.ts';
import { widestPair } from '../../../src/domain/evaluate/fairness.ts';
import { wilsonInterval } from '../../../src/domain/evaluate/intervals/proportion-intervals.ts';
import { explainGate } from '../../../src/domain/gates/explain-gate.ts';
import { judgeGate } from '../../../src/domain/gates/judge-gates.ts';
import type { Gate } from '../../../src/domain/spec/valid.ts';
import { type Bounds, estimate, evaluation, firstEvaluation, serving } from './some-evaluation.ts';

const base = { onFail: 'block', onCannotTell: 'approval' } as const;
const gateOf = (gate: object) => ({ ...base, confidence: 0.95, ...gate }) as Gate;
const NULL = null as unknown as number;
const cost = (more: Partial<ServingCost>) =>
  evaluation({ serving: { ...serving, candidate: { ...serving.candidate, ...more } } });

type Row = [what: string, gate: Gate, evaluation: Evaluation, verdict: string, name: string, evidence: string];

const fairness = gateOf({ kind: 'fairness', rate: 'selection_rate', by: 'sex', maxDifference: 0.1, minRows: 500 });
const ratio = gateOf({ kind: 'fairness', rate: 'selection_rate', by: 'sex', minRatio: 0.8, minRows: 500 });
/** Of two groups of as many rows; `undefined` counts: the evaluation does not hold them. */
const rates = (f: number, m: number, rows: number, leftOut = 0, counted = true) => {
  const groups = [
    { group: 'f', successes: f, rows },
    { group: 'm', successes: m, rows },
  ];
  return evaluation({
    fairness: [
      {
        by: 'sex',
        rate: 'selection_rate',
        groups: groups.map(({ group, successes }) => {
          const { from, ...candidate } = wilsonInterval(successes, rows, 0.95);
          return { group, rows, candidate: counted ? { ...candidate, from: from! } : candidate };
        }),
        leftOut,
        widest: widestPair(groups, 0.95),
      },
    ],
  });
};
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
/** Around 0.7; the values themselves are only shown. */
const lucky = (deviation: number, repeats: number) => {
  const values = Array.from({ length: repeats }, () => 0.7);
  return evaluation({
    seeds: { seeds: values.map((_, at) => at), metrics: [{ metric: 'roc_auc', values, mean: 0.7, deviation }] },
  });
};

// Of 900 rows a group, by Newcombe's and Koopman's formulas with scipy.stats.norm.ppf and scipy.optimize.brentq: the side
// that would fail at 1 − .0304 / 2 (two groups are two ordered pairs), the other at 1 − .0304.
const TABLE: Row[] = [
  [
    'fair',
    fairness,
    rates(180, 225, 900),
    'pass',
    'selection_rate by sex, difference ≤ 0.1',
    'sex=f 0.2 to sex=m 0.25: difference 0.050 [0.002, 0.092]; judged at 96.96 %',
  ],
  [
    'unfair',
    fairness,
    rates(180, 360, 900),
    'fail',
    'selection_rate by sex, difference ≤ 0.1',
    'sex=f 0.2 to sex=m 0.4: difference 0.200 [0.148, 0.245], wanted ≤ 0.1; judged at 96.96 %',
  ],
  [
    'perhaps unfair',
    fairness,
    rates(180, 252, 900, 3),
    'needs-approval',
    'selection_rate by sex, difference ≤ 0.1',
    'cannot tell: sex=f 0.2 to sex=m 0.28: difference 0.080 [0.031, 0.123], wanted ≤ 0.1; 3 smaller groups were not judged; judged at 96.96 %',
  ],
  [
    'a fair ratio',
    ratio,
    rates(1800, 2000, 10_000),
    'pass',
    'selection_rate by sex, ratio ≥ 0.8',
    'sex=f 0.18 to sex=m 0.2: ratio 0.900 [0.845, 0.966]; judged at 96.96 %',
  ],
  [
    'an unfair ratio',
    ratio,
    rates(180, 300, 900),
    'fail',
    'selection_rate by sex, ratio ≥ 0.8',
    'sex=f 0.2 to sex=m 0.3333: ratio 0.60 [0.50, 0.73], wanted ≥ 0.8; judged at 96.96 %',
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
    'groups without their counts',
    fairness,
    rates(180, 225, 900, 0, false),
    'needs-approval',
    'selection_rate by sex, difference ≤ 0.1',
    'cannot tell: this evaluation does not hold the counts of the groups of sex',
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
    'distance 0.05 on these rows, an answer changed by 0.01 on average, 1.23 % decided otherwise',
  ],
  [
    'predicts otherwise',
    drift,
    moved(0.2),
    'fail',
    'drift of predictions from champion ≤ 0.1',
    'distance 0.2 on these rows, an answer changed by 0.01 on average, 1.23 % decided otherwise',
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

  // scipy: s * sqrt((n − 1) / chi2.ppf([.975, .025], n − 1)).
  [
    'steady',
    seeds,
    lucky(0.005, 10),
    'pass',
    'roc_auc over seeds, deviation ≤ 0.01',
    '0.7 on average over 10 seeds, deviation 0.0050 [0.0034, 0.0091] at 95 %',
  ],
  [
    'steady in two seeds, which is luck',
    seeds,
    lucky(0.005, 2),
    'needs-approval',
    'roc_auc over seeds, deviation ≤ 0.01',
    'cannot tell: 0.7 on average over 2 seeds, deviation 0.005 [0.002, 0.160], wanted ≤ 0.01 at 95 %; train.repeats: 9 would tell',
  ],
  [
    'nearly too much luck',
    seeds,
    lucky(0.009, 5),
    'needs-approval',
    'roc_auc over seeds, deviation ≤ 0.01',
    'cannot tell: 0.7 on average over 5 seeds, deviation 0.009 [0.005, 0.026], wanted ≤ 0.01 at 95 %; not even train.repeats: 20 would tell',
  ],
  [
    'perhaps too much luck',
    seeds,
    lucky(0.012, 5),
    'needs-approval',
    'roc_auc over seeds, deviation ≤ 0.01',
    'cannot tell: 0.7 on average over 5 seeds, deviation 0.012 [0.007, 0.034], wanted ≤ 0.01 at 95 %; more seeds would not help, the deviation would have to be at most 0.01',
  ],
  [
    'lucky',
    seeds,
    lucky(0.02, 10),
    'fail',
    'roc_auc over seeds, deviation ≤ 0.01',
    '0.7 on average over 10 seeds, deviation 0.020 [0.014, 0.037], wanted ≤ 0.01 at 95 %',
  ],
  [
    'the same for every seed',
    seeds,
    lucky(0, 2),
    'pass',
    'roc_auc over seeds, deviation ≤ 0.01',
    '0.7 on average over 2 seeds, deviation 0 [0, 0] at 95 %',
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

  // JSON makes null of what is not a number.
  it.each([
    [agreement, robust({ agreement: { rows: 9, largest: NULL, mean: 0 } }), 'the largest difference is not a number'],
    [drift, moved(NULL), 'the distance of the predictions is not a number'],
    [seeds, lucky(NULL, 3), 'roc_auc is not defined for every seed'],
    [gateOf({ kind: 'latency', quantile: 'p50', max: 5 }), cost({ p50: NULL }), 'latency p50 was not measured'],
    [gateOf({ kind: 'size', max: 5 }), cost({ sizeBytes: NULL }), 'the size was not measured'],
    [gateOf({ kind: 'memory', max: 5 }), cost({ memoryBytes: NULL }), 'memory was not measured'],
    [
      gateOf({ kind: 'throughput', batch: 1000, min: 5 }),
      cost({ throughput: [{ batch: 1000, rowsPerSecond: NULL }] }),
      'batches of 1,000 rows were not measured; measured: none',
    ],
    [invariance, tried([NULL, NULL, NULL]), '1 of 1 invariances: change-0 moved 0.2 at most on 1,000 rows, share'],
  ] as [Gate, Evaluation, string][])('cannot tell of %j without a number', (gate, judged, evidence) => {
    const result = judgeGate(gate, judged);
    expect(result).toMatchObject({ verdict: 'needs-approval' });
    expect(result.evidence).toContain(`cannot tell: ${evidence}`);
  });

  it('says how much luck so many seeds can bear, and how many would tell', () => {
    const explained = explainGate(seeds, lucky(0.005, 3));
    // scipy: .01 / sqrt(2 / chi2.ppf(.025, 2)) = .001591.
    expect(explained).toContain('6. With 3 seeds it passes up to a deviation of 0.001591.');
    expect(explained).toContain('7. With train.repeats: 9 it would pass, were the deviation still 0.005.');
  });

  it('cannot tell a ratio that is not a number, and still shows the candidate', () => {
    const champion = { ...serving.champion!, p50: NULL };
    const judged = evaluation({
      serving: { ...serving, champion, ratios: { ...serving.ratios!, p50: estimate([NULL, 0, 0]) } },
    });
    expect(judgeGate(gateOf({ kind: 'latency', quantile: 'p50', max: 5, maxRatio: 2 }), judged)).toMatchObject({
      verdict: 'needs-approval',
      evidence: 'cannot tell: 0.1 ms; no ratio to the champion: the champion was not measured on a machine',
    });
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
