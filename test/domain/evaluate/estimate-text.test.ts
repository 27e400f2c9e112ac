import { describe, expect, it } from 'vitest';
import { estimateText } from '../../../src/domain/evaluate/estimate-text.ts';

describe('estimateText', () => {
  it.each([
    [{ value: 0.61754, lower: 0.61347, upper: 0.62162 }, false, '0.6175 [0.6135, 0.6216]'],
    [{ value: 0.006082, lower: 0.004585, upper: 0.007579 }, true, '+0.0061 [+0.0046, +0.0076]'],
    [{ value: -0.00036, lower: -0.00059, upper: 0.00001 }, true, '−0.00036 [−0.00059, +0.00001]'],
    [{ value: 0, lower: 0, upper: 0 }, true, '0 [0, 0]'],
    [{ value: -1e-9, lower: -0.01, upper: 0.01 }, true, '0.000 [−0.010, +0.010]'],
    [{ value: 1_234_567.8, lower: 1_214_567, upper: 1_254_567 }, false, '1,234,568 [1,214,567, 1,254,567]'],
    [{ value: 1234.5, lower: 1200, upper: 1260 }, false, '1235 [1200, 1260]'],
    [{ value: 0.7, lower: null, upper: null }, false, '0.7'],
    [{ value: 2.5e-9, lower: null, upper: null }, false, '2.5e−9'],
    [{ value: 3, lower: 2, upper: Number.POSITIVE_INFINITY }, false, '3 [2, ∞]'],
    [{ value: Number.NaN, lower: null, upper: null }, false, 'not defined'],
    [{ value: null as unknown as number, lower: null, upper: null }, true, 'not defined'],
  ])('writes %j (signed: %s) as %s', (estimate, signed, text) => {
    expect(estimateText(estimate, signed)).toBe(text);
  });
});
