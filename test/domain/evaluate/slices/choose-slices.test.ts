import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellsOfBins } from '../../../../src/domain/evaluate/slices/cells.ts';
import { chooseSlices, type SliceSources } from '../../../../src/domain/evaluate/slices/choose-slices.ts';
import type { CategoryColumn, NumberColumn, Slice } from '../../../../src/domain/evaluate/slices/columns.ts';
import { quantileEdges } from '../../../../src/domain/evaluate/slices/quantile-edges.ts';
import type { Gate } from '../../../../src/domain/spec/valid.ts';

const choose = (sources: Partial<SliceSources>) =>
  chooseSlices({ categories: [], numbers: [], conditions: [], specs: [], gates: [], ...sources });

const sizes = ({ slices }: { slices: Slice[] }) =>
  Object.fromEntries(slices.map(({ name, rows }) => [name, rows.length]));

/** `counts`: rows of each value; the key '' stands for no value. */
function categories(column: string, counts: Record<string, number>): CategoryColumn {
  const values = Object.keys(counts).filter((value) => value !== '');
  const codes = Object.entries(counts).flatMap(([value, rows]) => new Array<number>(rows).fill(values.indexOf(value)));
  return { column, values, codes: Int32Array.from(codes) };
}

function numbers(column: string, values: number[]): NumberColumn {
  return { column, values: Float64Array.from(values) };
}

const repeat = (value: number, times: number) => new Array<number>(times).fill(value);

const sliceGate = (slice: string, minRows: number): Gate => ({
  kind: 'slice',
  metric: 'accuracy',
  slice,
  minRows,
  min: 0.5,
  confidence: 0.95,
  onFail: 'block',
  onCannotTell: 'approval',
});

describe('slices of categories', () => {
  const origin = categories('origin', { ATL: 700, BOS: 499, JFK: 20, ZZZ: 9, '': 600 });
  const specs = [{ kind: 'column', column: 'origin' } as const];

  it('are those with enough rows, those without a value among them; the others are counted', () => {
    const chosen = choose({ categories: [origin], specs });
    expect(sizes(chosen)).toEqual({ 'origin=ATL': 700, 'origin is missing': 600 });
    expect(chosen.leftOut).toBe(3);
  });

  it('go down to the rows that the least demanding gate asks for, and to what a gate names, but never below ten', () => {
    const gates = [sliceGate('*', 499), sliceGate('origin=JFK', 600), sliceGate('origin=ZZZ', 1)];
    const chosen = choose({ categories: [origin], specs, gates: gates.slice(0, 2) });
    expect(sizes(chosen)).toEqual({ 'origin=ATL': 700, 'origin=BOS': 499, 'origin=JFK': 20, 'origin is missing': 600 });
    expect(sizes(choose({ categories: [origin], specs, gates }))).not.toHaveProperty('origin=ZZZ');
  });

  it('are at most the fifty largest of a column', () => {
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`c${index}`, 500 + index]));
    const chosen = choose({ categories: [categories('city', many)], specs: [{ kind: 'column', column: 'city' }] });
    expect(chosen.slices).toHaveLength(50);
    expect(chosen.leftOut).toBe(10);
    expect(Math.min(...chosen.slices.map(({ rows }) => rows.length))).toBe(510);
  });

  it('leave out a column that only something else asks for', () => {
    expect(choose({ categories: [origin] }).slices).toEqual([]);
  });
});

describe('slices of numbers', () => {
  const distance = numbers('distance', [
    ...repeat(Number.NaN, 11),
    ...repeat(499.5, 12),
    ...repeat(500, 13),
    ...repeat(2000, 14),
    ...repeat(1000, 3),
  ]);

  it('have their lower edge, not their upper one, and their names say so', () => {
    const chosen = choose({
      numbers: [distance],
      specs: [{ kind: 'bins', column: 'distance', edges: [500, 1000, 2000, 3000] }],
    });
    expect(Object.entries(sizes(chosen))).toEqual([
      ['distance is missing', 11],
      ['distance < 500', 12],
      ['distance in [500, 1000)', 13],
      ['distance in [2000, 3000)', 14],
    ]);
    expect(chosen.leftOut).toBe(1);
    expect([...(chosen.slices[1]?.rows ?? [])]).toEqual(Array.from({ length: 12 }, (_, index) => 11 + index));
  });

  it('are cut into quantiles of as equal numbers of rows as ties allow', () => {
    const values = numbers('age', [
      ...repeat(30, 50),
      ...repeat(31.25, 10),
      ...repeat(47.123456, 20),
      ...repeat(80, 20),
    ]);
    const chosen = choose({ numbers: [values], specs: [{ kind: 'quantiles', column: 'age', count: 4 }] });
    expect(Object.entries(sizes(chosen))).toEqual([
      ['age < 31', 50],
      ['age in [31, 80)', 30],
      ['age ≥ 80', 20],
    ]);
  });

  it('are one for all where all values are equal', () => {
    const same = numbers('age', repeat(7, 30));
    expect(sizes(choose({ numbers: [same], specs: [{ kind: 'quantiles', column: 'age', count: 4 }] }))).toEqual({
      'age is there': 30,
    });
  });
});

it('conditions are shown from ten rows on', () => {
  const condition = (name: string, rows: number) => ({
    name,
    rows: Int32Array.from({ length: rows }, (_, row) => row),
  });
  const chosen = choose({
    conditions: [condition('night', 10), condition('rare', 9)],
    specs: ['night', 'rare'].map((name) => ({ kind: 'where', name, where: 'x' })),
  });
  expect(sizes(chosen)).toEqual({ night: 10 });
  expect(chosen.leftOut).toBe(1);
});

describe('cells', () => {
  const value = fc.oneof(
    fc.integer({ min: -5, max: 5 }),
    fc.double({ noDefaultInfinity: true }),
    fc.constant(Number.NaN),
  );

  it('of quantiles and of edges hold every row exactly once, on the right side of their edges', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 60 }), fc.integer({ min: 2, max: 9 }), (values, count) => {
        const column = numbers('x', values);
        const edges = quantileEdges(column.values, count);
        expect([...edges].sort((a, b) => a - b)).toEqual(edges);
        expect(new Set(edges).size).toBe(edges.length);
        const cells = cellsOfBins(column, edges);
        expect(cells.sizes.reduce((sum, size) => sum + size, 0)).toBe(values.length);
        for (const [row, code] of cells.codes.entries()) {
          const held = values[row] as number;
          if (Number.isNaN(held)) expect(code).toBe(0);
          else {
            expect(held).toBeGreaterThanOrEqual(edges[code - 2] ?? Number.NEGATIVE_INFINITY);
            expect(held < (edges[code - 1] ?? Number.POSITIVE_INFINITY) || code === edges.length + 1).toBe(true);
          }
        }
        // No quantile is empty.
        if (values.some((one) => !Number.isNaN(one))) expect([...cells.sizes].slice(1)).not.toContain(0);
      }),
    );
  });

  it('of distinct values differ by one row at most', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.double({ noNaN: true }), { minLength: 10, maxLength: 80, comparator: (a, b) => a === b }),
        fc.integer({ min: 2, max: 9 }),
        (values, count) => {
          const column = numbers('x', values);
          const bins = [...cellsOfBins(column, quantileEdges(column.values, count)).sizes].slice(1);
          expect(bins).toHaveLength(count);
          expect(Math.max(...bins) - Math.min(...bins)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});
