import { expect, it } from 'vitest';
import { replay } from '../../../src/domain/gates/replay-gates.ts';
import type { Gate } from '../../../src/domain/spec/valid.ts';
import { compared, evaluation } from './some-evaluation.ts';

const base = { onFail: 'block', onCannotTell: 'approval', confidence: 0.95 } as const;
const margin = (noWorseThan: number): Gate => ({
  ...base,
  kind: 'champion',
  metric: 'roc_auc',
  noWorseThan,
  better: false,
});
const size: Gate = { ...base, kind: 'size', max: 60_000_000 };
const past = (id: string, difference: number, evaluations?: number) => ({
  id,
  gates: [margin(0.01), size],
  evaluation: evaluation({
    metrics: [compared('roc_auc', [0.7, 0.69, 0.71], [difference, difference - 0.004, difference + 0.004])],
  }),
  ...(evaluations === undefined ? {} : { evaluations }),
});

it('says what other gates would have decided, and which of them', () => {
  const replayed = replay([past('1', 0), past('2', -0.03)], [size, margin(0.05)]);
  const [same, other] = replayed;
  expect(same).toMatchObject({ id: '1', before: 'pass', after: 'pass' });
  expect(other).toMatchObject({ id: '2', before: 'fail', after: 'pass' });
  expect(other?.changed).toMatchObject([
    { gate: 'roc_auc against champion, no worse than 0.05', after: { verdict: 'pass' } },
    { gate: 'roc_auc against champion, no worse than 0.01', before: { verdict: 'fail' } },
  ]);
});

it('holds a gate against itself by its name', () => {
  const stricter: Gate = { ...margin(0.01), onFail: 'approval' };
  const [found] = replay([past('1', -0.03)], [stricter, size, size]);
  expect(found).toMatchObject({ before: 'fail', after: 'needs-approval' });
  expect(found?.changed.map(({ gate, before, after }) => [gate, before?.verdict, after?.verdict])).toEqual([
    ['roc_auc against champion, no worse than 0.01', 'fail', 'needs-approval'],
    ['size ≤ 60 MB', undefined, 'pass'],
  ]);
});

it('judges as worn a holdout as it was', () => {
  // ±0.004 around −0.004 is ±0.0063 in the fourth evaluation: beyond −0.01.
  expect(replay([past('1', -0.004), past('4', -0.004, 4)], [margin(0.01)]).map(({ after }) => after)).toEqual([
    'pass',
    'needs-approval',
  ]);
});
