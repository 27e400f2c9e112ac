import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Sweep, SweepParam } from '../../../src/domain/spec/valid.ts';
import { drawUnit, valueAt } from '../../../src/domain/sweep/draw.ts';
import { paramPoints } from '../../../src/domain/sweep/param-points.ts';
import { trialsOf } from '../../../src/domain/sweep/trials-of.ts';

const range = (min: number, max: number, more: Partial<Extract<SweepParam, { kind: 'range' }>> = {}): SweepParam => ({
  kind: 'range',
  min,
  max,
  integer: Number.isInteger(min) && Number.isInteger(max),
  scale: 'linear',
  ...more,
});

test.each<[SweepParam, unknown]>([
  [{ kind: 'values', values: ['a', 3, [1]] }, ['a', 3, [1]]],
  [range(8, 64, { step: 8 }), [8, 16, 24, 32, 40, 48, 56, 64]],
  [range(0.1, 0.5, { step: 0.1 }), [0.1, 0.2, 0.3, 0.4, 0.5]],
  [range(1, 10, { step: 4 }), [1, 5, 9]],
  [range(2, 4), [2, 3, 4]],
  [range(0.1, 1), undefined],
])('the values of %j', (param, points) => expect(paramPoints(param)).toEqual(points));

test('a grid is every combination, by name, the last name fastest', () => {
  const params: Sweep['params'] = { b: { kind: 'values', values: [1, 2] }, a: range(1, 3, { step: 2 }) };
  const trials = trialsOf({ params, search: { type: 'grid' } }, 0);
  expect(trials.map(({ params: { a, b } }) => [a, b])).toEqual([
    [1, 1],
    [1, 2],
    [3, 1],
    [3, 2],
  ]);
  expect(trials.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
});

test('a draw is the first 53 bits of SHA-256 of seed, name and number', () => {
  const hex = createHash('sha256').update('7/learningRate/3').digest('hex');
  const bits = BigInt(`0x${hex.slice(0, 14)}`) >> 3n;
  expect(drawUnit(7, 'learningRate', 3)).toBe(Number(bits) / 2 ** 53);
});

describe('a random search', () => {
  const rate = range(0.001, 0.1, { scale: 'log' });
  const depth: SweepParam = { kind: 'values', values: [3, 5] };
  const params = { rate, depth };
  const search = (trials: number) => ({ type: 'random', trials }) as const;

  test('draws the same for the same seed, in whatever order the parameters are written', () => {
    const turned = { depth: params.depth, rate: params.rate };
    const trials = trialsOf({ params, search: search(6) }, 7);
    expect(trialsOf({ params: turned, search: search(6) }, 7)).toEqual(trials);
    expect(trialsOf({ params, search: search(6) }, 8)).not.toEqual(trials);
    expect(trials.slice(0, 2)).toMatchInlineSnapshot(`
      [
        {
          "index": 0,
          "params": {
            "depth": 5,
            "rate": 0.0145683,
          },
        },
        {
          "index": 1,
          "params": {
            "depth": 5,
            "rate": 0.00163037,
          },
        },
      ]
    `);
  });

  test('keeps the first trials where there are more, and the other values where a parameter is added', () => {
    const few = trialsOf({ params, search: search(4) }, 7);
    expect(trialsOf({ params, search: search(9) }, 7).slice(0, 4)).toEqual(few);
    const wider = trialsOf({ params: { ...params, leaves: range(2, 900) }, search: search(4) }, 7);
    expect(wider.map(({ params: { rate } }) => rate)).toEqual(few.map(({ params: { rate } }) => rate));
  });

  test('draws no combination twice, and all where all are wanted', () => {
    const small: Sweep['params'] = { a: range(1, 4), b: { kind: 'values', values: ['x', 'y', 'z'] } };
    const all = trialsOf({ params: small, search: search(12) }, 1);
    expect(new Set(all.map((trial) => JSON.stringify(trial.params))).size).toBe(12);
  });

  test('spreads over a log scale: as many below as above the geometric mean', () => {
    const trials = trialsOf({ params: { rate: params.rate }, search: search(1000) }, 1);
    const below = trials.filter(({ params: { rate } }) => (rate as number) < 0.01).length;
    // Binomial(1000, 1/2): six standard deviations are 95.
    expect(Math.abs(below - 500)).toBeLessThan(95);
  });
});

test('no value leaves its range', () => {
  const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 5000 }), unit, (min, more, at) => {
      for (const param of [
        range(min, min + more),
        range(min, min + more, { scale: 'log' }),
        range(min / 7, min + more, { integer: false }),
        range(min / 7, min + more, { integer: false, scale: 'log' }),
        range(min, min + more, { step: Math.max(1, Math.floor(more / 3)) }),
      ]) {
        if (param.kind !== 'range') return;
        const value = valueAt(param, at) as number;
        expect(value).toBeGreaterThanOrEqual(param.min);
        expect(value).toBeLessThanOrEqual(param.max);
        if (param.integer) expect(value).toBe(Math.round(value));
        if (param.step !== undefined) expect(paramPoints(param)).toContain(value);
      }
    }),
  );
});
