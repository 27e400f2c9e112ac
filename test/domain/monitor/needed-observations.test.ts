import { expect, it } from 'vitest';
import { neededObservations } from '../../../src/domain/monitor/needed-observations.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 4, 10);
const daily = { windowSeconds: 86_400, settleSeconds: 7_200, reference: 'training' as const };
const ago = (at: number) => (NOW - at) / DAY;

it.each([
  ['the windows that are kept, and those under way', daily, undefined, 62 + 2 / 24 + 7],
  ['short windows and a week', { ...daily, windowSeconds: 3_600 }, undefined, 62 / 24 + 2 / 24 + 7],
  ['what was left lying while nobody looked', daily, NOW - 300 * DAY, 307],
  ['no less where all windows are new', daily, NOW - 3 * DAY, 62 + 2 / 24 + 7],
])('are %s', (_, monitor, oldest, days) => {
  const needed = neededObservations(monitor, { now: NOW, windows: 60, oldest });
  expect(ago(needed.since)).toBeCloseTo(days, 6);
  expect(needed.besides).toBeUndefined();
});

it('are the span as well that is the reference', () => {
  const reference = { from: '2025-01-01', to: '2025-01-15' };
  const { besides } = neededObservations({ ...daily, reference }, { now: NOW, windows: 60, oldest: undefined });
  expect(besides).toEqual({ from: Date.UTC(2025, 0, 1), to: Date.UTC(2025, 0, 15) });
});
