import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortedOrder } from '../../../src/domain/evaluate/sorted-order.ts';

/** The engine's own stable sort, with the order that is promised. */
function expectedOrder(values: Float64Array): number[] {
  const compare = (a: number, b: number) => {
    const [one, other] = [values[a] as number, values[b] as number];
    if (Number.isNaN(one) || Number.isNaN(other)) return Number(Number.isNaN(one)) - Number(Number.isNaN(other));
    return one < other ? -1 : one > other ? 1 : 0;
  };
  return Array.from(values.keys()).sort(compare);
}

describe('sortedOrder', () => {
  it('is the stable ascending order, whatever the doubles', () => {
    const few = fc.constantFrom(0, -0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324);
    const value = fc.oneof(fc.double(), few, fc.float().map(Number), fc.integer());
    fc.assert(
      fc.property(fc.array(value, { maxLength: 60 }), (numbers) => {
        const values = Float64Array.from(numbers);
        expect(Array.from(sortedOrder(values))).toEqual(expectedOrder(values));
      }),
    );
  });

  it('keeps the order of many rows with few values, and of neighbouring doubles', () => {
    const ties = Float64Array.from({ length: 5_000 }, (_, row) => ((row * 7919) % 13) / 13 - 0.5);
    const near = Float64Array.from({ length: 5_000 }, (_, row) => 1 + ((row * 7919) % 4_999) * 2 ** -52);
    for (const values of [ties, near]) expect(Array.from(sortedOrder(values))).toEqual(expectedOrder(values));
  });
});
