import { describe, expect, it } from 'vitest';
import type { Evaluation } from '../../../src/domain/evaluate/evaluation.ts';
import { widestPair } from '../../../src/domain/evaluate/fairness.ts';
import { wilsonInterval } from '../../../src/domain/evaluate/intervals/proportion-intervals.ts';
import { explainGate } from '../../../src/domain/gates/explain-gate.ts';
import { judgeGate } from '../../../src/domain/gates/judge-gates.ts';
import type { Gate } from '../../../src/domain/spec/valid.ts';
import { compared, evaluation, firstEvaluation, slice } from './some-evaluation.ts';

const base = { onFail: 'block', onCannotTell: 'approval', confidence: 0.95 } as const;
const margin: Gate = { ...base, kind: 'champion', metric: 'roc_auc', noWorseThan: 0.01, better: false };
const metrics = [compared('roc_auc', [0.739, 0.73, 0.75], [-0.002, -0.01, 0.006])];
const latency: Gate = { ...base, kind: 'latency', quantile: 'p99', max: 5, maxRatio: 1.1 };
const slices: Gate = { ...base, kind: 'slice', metric: 'accuracy', slice: '*', minRows: 500, noWorseThan: 0.02 };

const groups = [
  { group: 'f', successes: 180, rows: 900 },
  { group: 'm', successes: 225, rows: 900 },
];

describe('an explanation', () => {
  it('goes from the question to what would change the answer', () => {
    const { bound } = judgeGate(margin, evaluation({ metrics }), { evaluations: 4 });
    expect(explainGate(margin, evaluation({ metrics }), { evaluations: 4 })).toEqual([
      "1. roc_auc of the candidate may be worse than the champion's by at most 0.01 (non-inferiority).",
      '2. The gate states a confidence of 95 %; this is evaluation 4 of this holdout, which may spend 5 % · 6 / (π² · 4²) = 0.19 % of error: it is judged at 99.81 %.',
      '3. Champion → candidate: 0.741 → 0.739.',
      '4. The difference is −0.0020 [−0.0100, +0.0060] on 10,000 rows, its interval at 95 %.',
      // scipy: norm.ppf(.99905) = 3.10547, norm.ppf(.975) = 1.95996.
      '5. At 99.81 % its interval is 3.105 / 1.96 = 1.584 times as wide: −0.002 [−0.015, +0.011].',
      '6. The upper bound 0.01068 is ≥ −0.01, the lower bound −0.01468 is not: it cannot be told.',
      '7. Verdict: needs approval, because it cannot be told (onCannotTell: approval).',
      '8. With an interval of this width it would pass were the difference 0.002676 or higher.',
      '9. Were the difference really −0.002, about 41,000 rows instead of 10,000 would pass with a chance of 80 %: rows · ((3.105 + 0.8416) · 0.004082 / 0.008)².',
      `10. An owner can let it through; a waiver holds for this gate, candidate, champion, holdout and evidence (${bound.slice(0, 19)}…) and for no other.`,
    ]);
  });

  it.each([
    [
      'a ratio and a limit',
      latency,
      evaluation(),
      [
        "1. The p99 of the time of a request of one row must be at most 5 ms and be at most 1.1 times the champion's.",
        '2. The latency p99 is 0.4 ms, champion 0.3 ms.',
        '3. The limit is fixed, ≤ 5 ms, and 0.4 ms keeps it. It holds on this machine only: a fixed limit says nothing of another.',
        '4. Both were measured in turn in the same run, which does not wear the holdout.',
        '5. The ratio is 1.33 [1.20, 1.50], its interval at 95 %.',
        '6. Not even the lower bound 1.2 is ≤ 1.1: it does not hold.',
        '7. Verdict: fail (onFail: block).',
        '8. With an interval of this width it would pass were the ratio 0.93 or lower.',
        '9. No approval lets it through: the candidate, or the latency gate in the base branch, has to change.',
      ],
    ],
    [
      'slices',
      slices,
      evaluation({ slices: [slice('a', 900, [-0.08, -0.1, -0.06]), slice('b', 900, [0, -0.01, 0.01])] }),
      [
        "1. In every slice of 500 rows or more, accuracy of the candidate must be no worse than the champion's by more than 0.02.",
        '2. The gate states a confidence of 95 %; this is evaluation 1 of this holdout, which may spend 5 % · 6 / (π² · 1²) = 3.04 % of error: it is judged at 96.96 %.',
        '3. a: 0.88 → 0.8, −0.080 [−0.102, −0.058], wanted ≥ −0.02; p of "it holds" 2.05e−9, Holm\'s limit 0.0152 / 2 = 0.007599.',
        '4. b: 0.8 → 0.8, 0.000 [−0.011, +0.011]; p of "it holds" 1, Holm\'s limit 0.0152 / 1 = 0.0152.',
        '5. Verdict: fail (onFail: block).',
        '6. a: With an interval of this width it would pass were the difference 0.002091 or higher.',
        '7. No approval lets it through: the candidate, or the slice gate in the base branch, has to change.',
      ],
    ],
    [
      'groups',
      { ...base, kind: 'fairness', rate: 'selection_rate', by: 'sex', minRows: 500, maxDifference: 0.1 },
      evaluation({
        fairness: [
          {
            by: 'sex',
            rate: 'selection_rate',
            groups: groups.map(({ group, successes, rows }) => ({
              group,
              rows,
              candidate: wilsonInterval(successes, rows, 0.95),
            })),
            leftOut: 0,
            widest: widestPair(groups, 0.95),
          },
        ],
      }),
      [
        '1. Of any two groups of sex with 500 rows or more, the share of rows that are decided positive must differ by at most 0.1.',
        '2. The gate states a confidence of 95 %; this is evaluation 1 of this holdout, which may spend 5 % · 6 / (π² · 1²) = 3.04 % of error: it is judged at 96.96 %.',
        '3. Of 2 groups, sex=f 0.2 to sex=m 0.25.',
        '4. The largest difference is 0.050 [0.006, 0.088], its interval at 95 %.',
        // Newcombe's formula with scipy.stats.norm.ppf(1 − .0304 / 4) for the lower, norm.ppf(1 − .0304 / 2) for the upper.
        '5. At 96.96 %, anew from the counts of 2 groups, it is 0.050 [0.002, 0.092].',
        '6. The upper bound 0.09242 is ≤ 0.1: it holds.',
        '7. Verdict: pass.',
        '8. It would no longer pass were the largest difference more than 0.007578 higher.',
      ],
    ],
    [
      'no champion',
      margin,
      firstEvaluation(),
      [
        "1. roc_auc of the candidate may be worse than the champion's by at most 0.01 (non-inferiority).",
        '2. There is no champion yet: what is compared with it holds of the first version.',
        '3. Verdict: pass.',
      ],
    ],
    [
      'what is not there',
      { ...base, kind: 'agreement', max: 1e-4 },
      evaluation(),
      [
        "1. No answer may differ from the training framework's by more than 0.0001.",
        '2. The artifact holds no predictions of the training framework.',
        '3. Verdict: needs approval, because it cannot be told (onCannotTell: approval).',
        '4. A training command that writes check.parquet beside the artifact would make them comparable.',
        expect.stringMatching(/^5\. An owner can let it through;/),
      ],
    ],
  ] as [string, Gate, Evaluation, string[]][])('of %s', (_what, gate, judged, sentences) => {
    expect(explainGate(gate, judged)).toEqual(sentences);
  });

  it('names who waived it', () => {
    const gate: Gate = { ...base, kind: 'size', max: 1, onFail: 'approval' };
    const { bound } = judgeGate(gate, evaluation());
    const waivers = [{ bound, by: 'owner', reason: 'it is needed today' }];
    expect(explainGate(gate, evaluation(), { waivers })).toContain('4. Verdict: waived by owner: it is needed today.');
  });
});
