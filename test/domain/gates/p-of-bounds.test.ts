import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tangoInterval, wilsonInterval } from '../../../src/domain/evaluate/intervals/proportion-intervals.ts';
import { judgeBounds, type Reading } from '../../../src/domain/gates/bounds.ts';
import { judgeAll } from '../../../src/domain/gates/judge-all.ts';
import { pOfBounds } from '../../../src/domain/gates/p-of-bounds.ts';

const reading = (estimate: Reading['estimate'], more: Partial<Reading> = {}): Reading => ({
  of: 'it',
  estimate,
  from: 0.95,
  confidence: 0.97,
  ...more,
});

describe('p of "within the bounds"', () => {
  it('of counts is that of the score test', () => {
    // scipy.stats.norm.cdf of (.3 − .5) / √(.25 / 100), and of Tango's statistic at −.01.
    expect(pOfBounds({ min: 0.5 }, reading(wilsonInterval(30, 100, 0.95)))).toBeCloseTo(3.167124183311986e-5, 9);
    const paired = reading(tangoInterval(5, 30, 1000, 0.95), { range: [0, 1], signed: true });
    expect(pOfBounds({ min: -0.01 }, paired)).toBeCloseTo(0.0031109488, 8);
    expect(pOfBounds({ max: 0 }, paired)).toBeGreaterThan(0.5);
  });

  it('goes by the centre, also where the value is outside of its interval', () => {
    // z = (.02 − .015) / (.01 / 1.96) = .98: scipy.stats.norm.sf(.98) = .1635.
    const biased = reading({ value: 0.05, centre: 0.02, lower: 0.01, upper: 0.03 });
    expect(pOfBounds({ max: 0.015 }, biased)).toBeCloseTo(0.16354, 4);
    expect(pOfBounds({ max: 0.04 }, biased)).toBeGreaterThan(0.999);
    // Without a centre nothing is claimed on the side that the value lies beyond.
    const outside = reading({ value: 0.05, lower: 0.01, upper: 0.03 });
    expect(pOfBounds({ min: 0.02 }, outside)).toBe(1);
  });

  it('does not take the end of what can be for a quantile', () => {
    // ±.1 below; above there is but .01 to the end.
    const clipped = reading({ value: 0.99, lower: 0.89, upper: 1 }, { range: [0, 1] });
    expect(pOfBounds({ min: 0.995 }, clipped)).toBeGreaterThan(0.4);
  });

  it('is small enough just where the interval is on the wrong side', () => {
    const estimates = fc.oneof(
      fc
        .record({ successes: fc.integer({ min: 0, max: 50 }) })
        .map(({ successes }) => wilsonInterval(successes, 50, 0.95)),
      fc
        .record({ gained: fc.integer({ min: 0, max: 20 }), lost: fc.integer({ min: 0, max: 20 }) })
        .map(({ gained, lost }) => tangoInterval(gained, lost, 60, 0.95)),
      fc
        .record({
          value: fc.double({ min: -1, max: 1, noNaN: true }),
          reach: fc.double({ min: 0.01, max: 1, noNaN: true }),
        })
        .map(({ value, reach }) => ({ value, lower: value - reach, upper: value + 2 * reach })),
    );
    fc.assert(
      fc.property(
        estimates,
        fc.double({ min: -0.9, max: 0.9, noNaN: true }),
        fc.boolean(),
        (estimate, bound, isMin) => {
          const bounds = isMin ? { min: bound } : { max: bound };
          const read = reading(estimate, { range: [0, 1], signed: true });
          const p = pOfBounds(bounds, read);
          const alpha = (1 - read.confidence) / 2;
          fc.pre(Math.abs(p - alpha) > 1e-9);
          expect(p <= alpha).toBe(judgeBounds(bounds, read).verdict === 'fail');
        },
      ),
    );
  });
});

it('what passes by its own interval is not said to fail', () => {
  const finding = { evidence: 'holds', working: [], change: [] };
  const parts = [
    { name: 'a', p: 0, finding: { ...finding, verdict: 'pass' as const } },
    { name: 'b', p: 0.9, finding: { ...finding, verdict: 'pass' as const } },
  ];
  expect(judgeAll(parts, 0.05, 'slices')).toMatchObject({ verdict: 'pass' });
});
