import { describe, expect, it } from 'vitest';
import type { Discovery, Evaluation } from '../../../src/domain/evaluate/evaluation.ts';
import { judgeGate } from '../../../src/domain/gates/judge-gates.ts';
import type { Gate } from '../../../src/domain/spec/valid.ts';
import { type Bounds, evaluation, firstEvaluation } from './some-evaluation.ts';

const gateOf = (gate: object) => ({ onFail: 'block', onCannotTell: 'approval', confidence: 0.95, ...gate }) as Gate;
const judge = (gate: Gate, more: Parameters<typeof evaluation>[0], evaluations = 1) =>
  judgeGate(gate, evaluation(more), { evaluations });

// The first candidate is judged at 96.96 %: an interval at 95 % is widened by 1.10455, see metric-gates.test.ts.
describe('discovered slices', () => {
  const gate = gateOf({ kind: 'discovered', metric: 'accuracy', noWorseThan: 0.02 });
  const found = (name: string, [value, lower, upper]: Bounds) => ({
    name,
    rows: 900,
    against: 'champion' as const,
    candidate: { value: 0.7, lower: 0.68, upper: 0.72 },
    other: { value: 0.7 - value, lower: null, upper: null },
    difference: { value, lower, upper },
    p: 0.001,
    ...({} as { explained?: true; degrees?: number }),
  });
  /** Eight were tried: the others are not worse. */
  const discovery = (...slices: ReturnType<typeof found>[]) => ({
    discovery: {
      metric: 'accuracy',
      looked: 214,
      leftOut: 0,
      measured: 40,
      unmeasured: 0,
      tried: [
        ...slices,
        ...Array.from({ length: 8 - slices.length }, (_, at) => ({ ...found(`s${at}`, [0, -0.01, 0.01]), p: 1 })),
      ],
      untold: 0,
    },
  });
  const but = (more: Partial<Discovery>, ...slices: ReturnType<typeof found>[]) => ({
    discovery: { ...discovery(...slices).discovery, ...more },
  });

  it.each([
    [discovery(), 'pass', 'none found (214 looked at, 8 tried on the other half); judged at 96.96 %'],
    [discovery(found('a', [-0.01, -0.015, -0.005])), 'pass', 'a −0.0100 [−0.0155, −0.0045] (214 looked at'],
    [discovery(found('a', [-0.1, -0.12, -0.08])), 'fail', '1 of 1 found slices: a −0.100 [−0.122, −0.078]'],
    [discovery(found('a', [-0.03, -0.05, -0.01])), 'needs-approval', 'cannot tell: 1 of 1 found slices'],
    // z = 2.5, p = .0062: beyond .0152 alone, not among the eight that were tried.
    [discovery(found('a', [-0.0325, -0.0423, -0.0227])), 'needs-approval', 'cannot tell: 1 of 1 found slices'],
    // What another slice explains is not judged on its own.
    [discovery({ ...found('a', [-0.1, -0.12, -0.08]), explained: true as const }), 'pass', 'none found'],
    [{}, 'needs-approval', 'cannot tell: no slices were searched for'],
    [but({ metric: 'f1' }), 'needs-approval', 'cannot tell: slices were searched for by f1'],
    [but({ looked: 0, measured: 0, tried: [] }), 'needs-approval', 'cannot tell: no slice could be looked at'],
    [
      but({ measured: 0, unmeasured: 214, tried: [] }),
      'needs-approval',
      'cannot tell: accuracy could not be measured in any of 214 slices',
    ],
    [but({ measured: 0, tried: [] }), 'pass', 'none found (214 looked at, 0 tried on the other half)'],
    [but({ unmeasured: 2 }), 'pass', 'none found (214 looked at, 2 could not be measured, 8 tried'],
    [
      but({ tried: [], untold: 2 }),
      'needs-approval',
      'cannot tell: 1 of 1 found slices: 2 that stood out on the first half: accuracy could not be measured there on the other',
    ],
    [but({ untold: 1 }, found('a', [-0.1, -0.12, -0.08])), 'fail', '1 of 2 found slices: a −0.100'],
  ] as [Partial<Evaluation>, string, string][])('%#: %o %s', (more, verdict, evidence) => {
    expect(judge(gate, more)).toMatchObject({ verdict, evidence: expect.stringContaining(evidence) });
  });

  it('are those that Holm confirms at the confidence of the gate, however worn the holdout', () => {
    // Holm's limit for the first of eight: .05 / 8 = .00625, at 99 % .01 / 8 = .00125; p = .004 lies between.
    const one = discovery({ ...found('a', [-0.1, -0.16, -0.04]), p: 0.004 });
    const at = (confidence: number, evaluations = 1) =>
      judge(gateOf({ ...gate, confidence }), one, evaluations).evidence;
    expect(at(0.95)).toContain('found slices: a −0.100');
    expect(at(0.99)).toContain('none found');
    expect(at(0.95, 9)).toContain('found slices: a −0.10 ');
  });

  it("have Student's interval where few rows or groups are behind it", () => {
    // scipy: t.ppf(1 − .0304/2, 11) / t.ppf(.975, 11) = 1.1283, so ±0.017 about −0.001 goes to −0.0202.
    const few = { ...found('a', [-0.001, -0.018, 0.016]), degrees: 11 };
    expect(judge(gate, discovery(few)).verdict).toBe('needs-approval');
    const { degrees: _, ...many } = few;
    expect(judge(gate, discovery(many)).verdict).toBe('pass');
  });

  it('say nothing of the first version', () => {
    expect(judgeGate(gate, firstEvaluation(discovery())).evidence).toBe('there is no champion yet');
  });
});
