import { describe, expect, it } from 'vitest';
import { makeProfile, numericGrid } from '../../../src/domain/drift/make-profile.ts';
import { effectiveReferenceRows, effectiveRows, overDispersion } from '../../../src/domain/drift/over-dispersion.ts';
import { poissonDraw } from '../../../src/domain/statistics/poisson-draw.ts';
import { seededRandom } from '../../../src/domain/statistics/seeded-random.ts';
import { normal } from './sample-windows.ts';

const grid = numericGrid(-4, 4);
const BLOCKS = 64;

/** Blocks of rows from an AR(1) process with unit variance, each day's rows lifted by an effect of the day. */
function blocks({ rows, rho = 0, day = 0, blocksADay = 4, seed = 1 }: Record<string, number> & { rows: number }) {
  const random = seededRandom(seed);
  let value = normal(random);
  let lift = 0;
  return Array.from({ length: BLOCKS }, (_, block) => {
    if (block % blocksADay! === 0) lift = day! * normal(random);
    const values = Array.from({ length: rows }, () => {
      value = rho! * value + Math.sqrt(1 - rho! ** 2) * normal(random);
      return value + lift;
    });
    return makeProfile('x', values, grid);
  });
}

describe('overDispersion', () => {
  it('is one for independent rows', () => {
    // Not 1.03 or 1.1 by chance: every column would pay for it.
    expect(overDispersion(blocks({ rows: 400 }))).toEqual({ ratio: 1, rows: 400, growth: 0 });
  });

  it('finds what autocorrelation costs, and that it does not grow with the rows', () => {
    // The sign of an AR(1) process with ρ has the autocorrelation (2/π)·asin(ρ^k); Σ over k gives its variance ratio.
    const rho = 0.9;
    let exact = 1;
    for (let lag = 1; lag < 400; lag++) exact += 2 * (2 / Math.PI) * Math.asin(rho ** lag);
    const found = overDispersion(blocks({ rows: 800, rho }));
    expect(found.ratio).toBeGreaterThan(0.6 * exact);
    expect(found.ratio).toBeLessThan(1.4 * exact);
    expect(found.growth).toBeLessThan(0.35);
  });

  it('finds days that differ, and that it grows with the rows', () => {
    const found = overDispersion(blocks({ rows: 400, day: 0.3 }));
    // n·Var(F)/F(1 − F) at the median: 400·(.3·φ(0))²/.25.
    expect(found.ratio).toBeGreaterThan(10);
    expect(found.ratio).toBeLessThan(50);
    expect(found.growth).toBeGreaterThan(0.7);
  });

  it('does not average one restless category away among many that are still', () => {
    const random = seededRandom(3);
    const categories = Array.from({ length: 100 }, (_, i) => `c${String(i).padStart(2, '0')}`);
    const made = (wobble: number) =>
      Array.from({ length: BLOCKS }, () => {
        const counts = categories.map((category, i): [string, number] => [
          category,
          poissonDraw(i === 0 ? 1000 * Math.max(0, 1 + wobble * normal(random)) : 20, random),
        ]);
        const rows = counts.reduce((sum, [, count]) => sum + count, 0);
        return { column: 'x', rows, kind: 'categorical' as const, counts, other: 0, unseen: 0, nulls: 0 };
      });
    expect(overDispersion(made(0)).ratio).toBeLessThan(1.2);
    expect(overDispersion(made(0.2)).ratio).toBeGreaterThan(2);
  });

  it('of nothing, of one block, of a constant is one', () => {
    expect(overDispersion([])).toEqual({ ratio: 1, rows: 1 });
    expect(overDispersion([makeProfile('x', [1, 2], grid)])).toEqual({ ratio: 1, rows: 2 });
    expect(overDispersion(Array.from({ length: 8 }, () => makeProfile('x', [1, 1], grid)))).toEqual({
      ratio: 1,
      rows: 2,
    });
    expect(overDispersion(Array.from({ length: 8 }, () => makeProfile('x', [null], grid)))).toMatchObject({ ratio: 1 });
  });
});

describe('effectiveRows', () => {
  it.each([
    ['rows that are independent', 1000, { ratio: 1, rows: 500, growth: 0 }, 1000],
    ['a window as long as a block', 500, { ratio: 5, rows: 500, growth: 0.5 }, 100],
    [
      'a longer one, when blocks differ for good: the difference does not average out',
      5000,
      { ratio: 5, rows: 500, growth: 1 },
      5000 / 41,
    ],
    ['a longer one, when that is not known: the same', 5000, { ratio: 5, rows: 500 }, 5000 / 41],
    ['a shorter one, when that is not known: it is there as well', 50, { ratio: 5, rows: 500 }, 10],
    ['a shorter one, when blocks differ for good', 50, { ratio: 5, rows: 500, growth: 1 }, 50 / (1 + 4 * 0.1 ** 0.8)],
  ])('%s', (_what, rows, over, worth) => {
    expect(effectiveRows(rows, over)).toBeCloseTo(worth, 9);
  });

  it.each([
    ['as long as a block, with as many rows', 500, 600, 100],
    ['as long, with a tenth of the rows: what makes stretches differ counts less', 50, 600, 50 / 1.4],
    ['as long, with ten times the rows: it counts more', 5000, 600, 5000 / 41],
    ['three times as long, with a third of its rows', 500, 1800, 500 / (1 + (4 * 3 ** 0.7) / 3)],
  ])('by time: a window %s', (_what, rows, seconds, worth) => {
    expect(effectiveRows(rows, { ratio: 5, rows: 500, growth: 0.5, seconds: 600 }, seconds)).toBeCloseTo(worth, 9);
  });

  it('of the reference counts its blocks as many', () => {
    expect(effectiveReferenceRows(10_000, { ratio: 5, rows: 500, growth: 0 })).toBe(2000);
    expect(effectiveReferenceRows(10_000, { ratio: 5, rows: 500, growth: 1 })).toBeCloseTo(10_000 / 17, 9);
    expect(effectiveReferenceRows(10_000, undefined)).toBe(10_000);
  });
});
