import { describe, expect, it } from 'vitest';
import { createRowsDigest } from '../../../src/agent/evaluate/rows-digest.ts';
import { type BatchValue, toColumn } from '../../../src/domain/data/batch-values.ts';
import { pickRows } from '../../../src/domain/data/column-batch.ts';

const COLUMNS: Record<string, BatchValue[]> = {
  income: [1.5, null, 3, -0.25],
  name: ['a', 'b"', null, 'ü,'],
  paid: [true, null, false, true],
  picture: [[1, 2], null, [3, 4], [5, 6]],
};

function digestOf(columns: Record<string, BatchValue[]>, cuts: number[] = []): string {
  const rows = Object.values(columns)[0]!.length;
  const typed = Object.entries(columns).map(([name, values]) => [name, toColumn(values)] as const);
  const all = { rows, columns: Object.fromEntries(typed) };
  const digest = createRowsDigest();
  for (const [index, from] of [0, ...cuts].entries()) {
    const to = cuts[index] ?? rows;
    digest.add(
      pickRows(
        all,
        Array.from({ length: to - from }, (_, row) => from + row),
      ),
    );
  }
  return digest.digest();
}

describe('a digest of rows', () => {
  it('does not depend on how they are cut, nor on the order of the columns', () => {
    const whole = digestOf(COLUMNS);
    for (const cuts of [[1], [3], [1, 2, 3]]) expect(digestOf(COLUMNS, cuts)).toBe(whole);
    expect(digestOf(Object.fromEntries(Object.entries(COLUMNS).reverse()))).toBe(whole);
    expect(whole).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it.each([
    ['another number', { income: [1.5, null, 3, -0.5] }],
    ['NaN for a missing number', { income: [1.5, Number.NaN, 3, -0.25] }],
    ['other rows', { income: [null, 1.5, 3, -0.25] }],
    ['another text', { name: ['a', 'b"', '', 'ü,'] }],
    ['texts joined otherwise', { name: ['a","b', '"', null, 'ü,'] }],
    ['false for a missing boolean', { paid: [true, false, false, true] }],
    ['numbers for booleans', { paid: [1, null, 0, 1] }],
    ['another cut of the numbers', { picture: [[1, 2, 3, 4], [5, 6, 7, 8], null, null] }],
  ] as [string, Record<string, BatchValue[]>][])('changes with %s', (_, changed) => {
    expect(digestOf({ ...COLUMNS, ...changed })).not.toBe(digestOf(COLUMNS));
  });

  it('changes with the name of a column', () => {
    const { income, ...rest } = COLUMNS;
    expect(digestOf({ ...rest, wage: income! })).not.toBe(digestOf(COLUMNS));
  });
});
