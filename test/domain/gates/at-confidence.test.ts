import { describe, expect, it } from 'vitest';
import type { Estimate } from '../../../src/domain/evaluate/evaluation.ts';
import { atConfidence } from '../../../src/domain/gates/at-confidence.ts';
import { confidenceAfter } from '../../../src/domain/gates/wear.ts';

// The fourth candidate of a holdout at 95 %: 99.81 %.
const to = confidenceAfter(0.95, 4);
const at = (estimate: Estimate, more: object = {}) => atConfidence(estimate, { from: 0.95, to, ...more });

describe('an interval at another confidence', () => {
  it.each([
    // scipy.stats: norm.ppf(1 − .0019/2) / norm.ppf(.975), the same of t with 11 degrees of freedom.
    [undefined, 1.5845],
    [11, 1.8423],
  ])('is scaled, with %s degrees of freedom', (degrees, scale) => {
    const judged = at({ value: 0, lower: -1, upper: 2 }, { degrees });
    // Student's quantiles are approximated (Wallace 1959).
    expect(Math.abs((judged.lower as number) / -scale - 1)).toBeLessThan(0.002);
    expect(Math.abs((judged.upper as number) / (2 * scale) - 1)).toBeLessThan(0.002);
  });

  it('is scaled about its centre where that is not the value', () => {
    const judged = at({ value: 0.05, centre: 0.02, lower: 0.01, upper: 0.03 });
    expect(judged).toMatchObject({ value: 0.05, centre: 0.02 });
    expect(judged.lower).toBeCloseTo(0.02 - 0.015845, 5);
    expect(judged.upper).toBeCloseTo(0.02 + 0.015845, 5);
  });

  it.each([
    // Wilson's and Tango's formulas with scipy.stats.norm.ppf and scipy.optimize.brentq at 99.81 %.
    [{ kind: 'share', successes: 38, rows: 40 }, 0.95, 0.732699919, 0.992464108],
    [{ kind: 'paired', gained: 5, lost: 30, rows: 1000 }, -0.025, -0.047404606, -0.007791295],
  ] as const)('follows from its counts %j', (from, value, lower, upper) => {
    const judged = at({ value, lower: value - 0.01, upper: value + 0.01, from }, { range: [0, 1], signed: value < 0 });
    expect(judged.lower).toBeCloseTo(lower, 8);
    expect(judged.upper).toBeCloseTo(upper, 8);
  });

  it('of a value at the end of its range is exact', () => {
    // 1 − (.0019 / 2)^(1 / 40) = .15969; of a range as wide as two it is twice that.
    const told = { value: 1, lower: 0.91, upper: 1, from: { kind: 'extreme', rows: 40 } } as const;
    expect(at(told, { range: [0, 1] })).toMatchObject({ lower: expect.closeTo(0.840314366, 8), upper: 1 });
    expect(at(told, { range: [-1, 1] })).toMatchObject({ lower: expect.closeTo(0.680628732, 8), upper: 1 });
    const same = { value: 0, lower: -0.09, upper: 0.09, from: { kind: 'extreme', rows: 40 } } as const;
    expect(at(same, { range: [0, 1], signed: true })).toMatchObject({
      lower: expect.closeTo(-0.159685634, 8),
      upper: expect.closeTo(0.159685634, 8),
    });
  });

  it('leaves a bound at the end of what can be where it is, to narrow it, too', () => {
    const clipped = { value: 0.9, lower: 0.7, upper: 1 };
    const range = [0, 1];
    expect(at(clipped, { range }).upper).toBe(1);
    expect(atConfidence(clipped, { from: 0.95, to: 0.8, range: [0, 1] }).upper).toBe(1);
    expect(at({ value: -0.9, lower: -1, upper: -0.8 }, { range, signed: true }).lower).toBe(-1);
  });

  it('is not told where it was not', () => {
    expect(at({ value: 1, lower: null, upper: null })).toMatchObject({ lower: null, upper: null });
    expect(at({ value: 1, lower: Number.NaN, upper: 2 }).lower).toBeNull();
  });
});
