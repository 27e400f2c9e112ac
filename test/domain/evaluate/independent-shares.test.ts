import { describe, expect, it } from 'vitest';
import { koopmanInterval, newcombeInterval } from '../../../src/domain/evaluate/intervals/independent-shares.ts';
import { wilsonInterval } from '../../../src/domain/evaluate/intervals/proportion-intervals.ts';
// Figures of statsmodels and scipy; shares.py beside it made them.
import reference from './reference/shares.json' with { type: 'json' };

describe.each(reference.intervals)('$one against $other at $confidence', ({ one, other, confidence, ...expected }) => {
  it('has the intervals of an independent implementation', () => {
    const wilson = wilsonInterval(one.successes, one.rows, confidence);
    const newcombe = newcombeInterval(one, other, confidence);
    const koopman = koopmanInterval(one, other, confidence);
    for (const [told, [lower, upper], digits] of [
      [wilson, expected.wilson, 12],
      [newcombe, expected.newcombe, 12],
      [koopman, expected.koopman, 6],
    ] as const) {
      expect(told.lower).toBeCloseTo(lower as number, digits);
      expect(told.upper).toBeCloseTo(upper as number, digits);
    }
  });
});

// Newcombe 1998, Statistics in Medicine 17: 873–890, table II, method 10.
it.each([
  [56, 70, 48, 80, 0.0524, 0.3339],
  [9, 10, 3, 10, 0.1705, 0.809],
  [6, 7, 2, 7, 0.0582, 0.8062],
  [5, 56, 0, 29, -0.0381, 0.1926],
  [0, 10, 0, 20, -0.1611, 0.2775],
  [0, 10, 0, 10, -0.2775, 0.2775],
  [10, 10, 0, 20, 0.6791, 1],
  [10, 10, 0, 10, 0.6075, 1],
])('%i/%i − %i/%i has the interval that Newcombe prints', (x, m, y, n, lower, upper) => {
  const told = newcombeInterval({ successes: x, rows: m }, { successes: y, rows: n }, 0.95);
  expect(told.lower).toBeCloseTo(lower, 4);
  expect(told.upper).toBeCloseTo(upper, 4);
});

it('a ratio has bounds also where a share is 0 or 1', () => {
  const none = { successes: 0, rows: 40 };
  const all = { successes: 40, rows: 40 };
  expect(koopmanInterval(none, all, 0.95)).toMatchObject({ value: 0, lower: 0 });
  expect(koopmanInterval(none, all, 0.95).upper).toBeLessThan(0.15);
  expect(koopmanInterval(all, none, 0.95).upper).toBe(Number.POSITIVE_INFINITY);
  expect(koopmanInterval(all, all, 0.95).lower).toBeGreaterThan(0.9);
  expect(koopmanInterval(all, all, 0.95).upper).toBeLessThan(1.1);
  expect(koopmanInterval(none, none, 0.95)).toMatchObject({ lower: 0, upper: Number.POSITIVE_INFINITY });
});
