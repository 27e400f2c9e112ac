import { describe, expect, it } from 'vitest';
import type { Evaluation } from '../../../src/domain/evaluate/evaluation.ts';
import { judgeFigures } from '../../../src/domain/gates/judge-figures.ts';
import { confidenceAfter, percent, wearText } from '../../../src/domain/gates/wear.ts';
import type { Gate } from '../../../src/domain/spec/valid.ts';
import { compared, evaluation } from './some-evaluation.ts';

describe('a holdout that wears out', () => {
  it('judges the k-th candidate at 1 − 6α/(π²k²)', () => {
    // Python: 1 - 6 * .05 / (pi * k) ** 2
    const expected = [0.9696036449072987, 0.9924009112268246, 0.9981002278067062];
    [1, 2, 4].forEach((evaluations, index) => {
      expect(confidenceAfter(0.95, evaluations)).toBeCloseTo(expected[index] as number, 14);
    });
  });

  it('never spends more than the error that the gate states, however many it judges', () => {
    let spent = 0;
    for (let evaluations = 1; evaluations <= 100_000; evaluations += 1) spent += 1 - confidenceAfter(0.95, evaluations);
    expect(spent).toBeLessThan(0.05);
    expect(spent).toBeGreaterThan(0.0499);
  });

  it.each([
    [0.95, 1, 'judged at 96.96 %'],
    [0.9, 4, 'evaluation 4 of this holdout: judged at 99.62 %'],
    [0.95, 20, 'evaluation 20 of this holdout: judged at 99.9924 %'],
    [0.9999, 1e9, 'evaluation 1000000000 of this holdout: judged at 99.9999999999 %'],
  ])('says so: %d, evaluation %d', (confidence, evaluations, text) => {
    expect(wearText(confidence, evaluations)).toBe(text);
  });

  it.each([
    [0.95, '95 %'],
    [0.8, '80 %'],
    [0.9999, '99.99 %'],
    [0.01, '1 %'],
    [0, '0 %'],
  ])('%d is %s', (share, text) => expect(percent(share)).toBe(text));
});

/** Standard normal draws, the same every time: mulberry32 and Box–Muller. */
function normals(seed: number): () => number {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** What is measured of a difference that is truly `truth`, with a standard error of .01. */
function measured(truth: number, normal: () => number): Evaluation {
  const value = truth + normal() / 100;
  return evaluation({
    metrics: [compared('roc_auc', [0, null, null], [value, value - 0.01959964, value + 0.01959964])],
  });
}

describe('the level that a gate states', () => {
  const base = {
    onFail: 'block',
    onCannotTell: 'approval',
    kind: 'champion',
    metric: 'roc_auc',
    confidence: 0.95,
  } as const;
  const HOLDOUTS = 1500;
  const CANDIDATES = 8;

  // A two-sided interval at 95 %: each side errs in 2.5 %. Three standard errors of 1,500 draws are 1.2 %.
  it.each([
    ['no worse than', { ...base, noWorseThan: 0.02, better: false }, -0.02],
    ['better', { ...base, better: true }, 0],
    ['within', { ...base, within: 0.08, better: false }, 0.08],
  ] as [string, Gate, number][])('of "%s" holds for all candidates of a holdout together', (_what, gate, truth) => {
    const normal = normals(7);
    const wrong = { pass: 0, fail: 0 };
    for (let holdout = 0; holdout < HOLDOUTS; holdout += 1) {
      const verdicts = new Set<string>();
      for (let evaluations = 1; evaluations <= CANDIDATES; evaluations += 1) {
        verdicts.add(judgeFigures(gate, { evaluation: measured(truth, normal), evaluations }).finding.verdict);
      }
      if (verdicts.has('pass')) wrong.pass += 1;
      if (verdicts.has('fail')) wrong.fail += 1;
    }
    expect(wrong.pass / HOLDOUTS).toBeLessThan(0.037);
    expect(wrong.fail / HOLDOUTS).toBeLessThan(0.037);
    expect(wrong.pass + wrong.fail).toBeGreaterThan(0);
  });

  it('of a gate on slices holds for all slices together', () => {
    const gate: Gate = { ...base, kind: 'slice', slice: '*', minRows: 1, noWorseThan: 0.02 };
    const normal = normals(11);
    let wrong = 0;
    for (let holdout = 0; holdout < HOLDOUTS; holdout += 1) {
      const slices = Array.from({ length: 10 }, (_, index) => ({
        name: `s${index}`,
        rows: 900,
        metrics: measured(-0.02, normal).metrics,
      }));
      const { finding } = judgeFigures(gate, { evaluation: evaluation({ slices }), evaluations: 1 });
      if (finding.verdict !== 'cannot-tell') wrong += 1;
    }
    expect(wrong / HOLDOUTS).toBeLessThan(0.037);
    expect(wrong).toBeGreaterThan(0);
  });
});
