import { describe, expect, it } from 'vitest';
import { judgeGate, judgeGates } from '../../../src/domain/gates/judge-gates.ts';
import type { Gate } from '../../../src/domain/spec/valid.ts';
import { compared, evaluation, serving } from './some-evaluation.ts';

const base = { onFail: 'block', onCannotTell: 'approval', confidence: 0.95 } as const;
const size: Gate = { ...base, kind: 'size', max: 1 };
const fine: Gate = { ...base, kind: 'latency', quantile: 'p50', max: 5 };
const untold: Gate = { ...base, kind: 'absolute', metric: 'f1', min: 0.5 };

describe('the verdict over all gates', () => {
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

describe('a waiver', () => {
  const gate: Gate = { ...size, onFail: 'approval' };
  const { bound } = judgeGate(gate, evaluation());
  const waivers = [{ bound, by: 'owner', reason: 'it is needed today' }];

  const heavier = (sizeBytes: number) =>
    evaluation({ serving: { ...serving, candidate: { ...serving.candidate, sizeBytes } } });

  it('lets through what needs approval, and stays for the same evidence', () => {
    expect(judgeGates([fine, gate], evaluation(), { waivers }).verdict).toBe('pass');
    const again = evaluation({ metrics: [compared('roc_auc', [0.7, 0.6, 0.8])], seed: 2 });
    expect(judgeGate(gate, again, { waivers, evaluations: 9 })).toMatchObject({
      verdict: 'waived',
      evidence: '52 MB, champion 40 MB',
      waiver: { by: 'owner', reason: 'it is needed today' },
    });
  });

  it.each([
    ['another candidate', gate, evaluation({ candidate: { digest: 'sha256:ac' } })],
    ['another champion', gate, evaluation({ champion: { digest: 'sha256:bc', version: '1.3.0' } })],
    ['another holdout', gate, evaluation({ holdoutDigest: 'sha256:01' })],
    ['worse evidence', gate, heavier(53_000_000)],
    ['another limit', { ...gate, max: 2 } as Gate, evaluation()],
  ])('ends with %s', (_what, judged, evaluated) => {
    expect(judgeGate(judged, evaluated, { waivers }).verdict).toBe('needs-approval');
  });

  it('of a metric stays for the candidate of that number, whose evidence is the same', () => {
    const asked: Gate = { ...base, kind: 'absolute', metric: 'f1', min: 0.5, onFail: 'approval' };
    const of = (upper: number) => evaluation({ metrics: [compared('f1', [0.4, 0.35, upper])] });
    const given = judgeGate(asked, of(0.45), { evaluations: 2 });
    const said = [{ ...waivers[0]!, bound: given.bound }];
    const verdict = (upper: number, evaluations: number) =>
      judgeGate(asked, of(upper), { waivers: said, evaluations }).verdict;
    expect(verdict(0.45, 2)).toBe('waived');
    expect(verdict(0.44, 2)).toBe('needs-approval');
    expect(verdict(0.45, 3)).toBe('needs-approval');
  });

  it('does not open what blocks, and leaves alone what passes', () => {
    const blocked = judgeGate(size, evaluation());
    const named = [{ ...waivers[0]!, bound: blocked.bound }];
    expect(judgeGate(size, evaluation(), { waivers: named }).verdict).toBe('fail');
    const passed = judgeGate(fine, evaluation());
    expect(judgeGate(fine, evaluation(), { waivers: [{ ...waivers[0]!, bound: passed.bound }] })).toEqual(passed);
  });
});
