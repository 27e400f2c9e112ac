import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions } from '../../../src/domain/data/compare-versions.ts';
import { newerVersions } from '../../../src/domain/data/newer-versions.ts';

describe('the newest by its digits', () => {
  it.each([
    ['numbers, not letters', 'v9.csv', ['v10.csv', 'v8.csv'], 'v10.csv'],
    ['over the years', 'f-2000-12.csv', ['f-2000-11.csv', 'f-2001-01.csv'], 'f-2001-01.csv'],
    ['days without dashes', '20001231.csv', ['20010131.csv', '20010101.csv'], '20010131.csv'],
    ['the first number decides', '2001/part-9.csv', ['2002/part-1.csv', '2001/part-10.csv'], '2002/part-1.csv'],
    ['then the next one', 'a1b2c3', ['a1b3c1', 'a1b2c9', 'a1b3c2'], 'a1b3c2'],
    ['folders', 'month=2001-01/f.parquet', ['month=2001-02/f.parquet'], 'month=2001-02/f.parquet'],
    ['other letters are something else', 'v1.csv', ['v2.csv.gz', 'w3.csv', 'v4-old.csv', 'V5.csv'], undefined],
    ['another number of numbers, too', 'v1.csv', ['v1-2.csv', 'v.csv'], undefined],
    ['equal is not newer', 'v07.csv', ['v7.csv', 'v07.csv', 'v007.csv'], undefined],
    ['older is not newer', 'v7.csv', ['v6.csv', 'v06.csv'], undefined],
    ['zeros before count nothing', 'v7.csv', ['v008.csv', 'v08.csv', 'v8.csv'], 'v008.csv'],
    ['more than a double tells apart', '9007199254740992', ['9007199254740993'], '9007199254740993'],
    ['no digits', 'flights.csv', ['flight.csv', 'flights.csv'], undefined],
    ['nothing else', 'v1.csv', [], undefined],
  ])('%s', (_, pinned, names, newest) => {
    expect(newerVersions(pinned, names)[0]).toBe(newest);
  });

  it('are ordered, whatever order they come in', () => {
    expect(newerVersions('v1', ['v3', 'v10', 'v2', 'x4'])).toEqual(['v10', 'v3', 'v2']);
  });

  it('is an order', () => {
    const name = fc.array(fc.nat(30), { minLength: 2, maxLength: 2 }).map(([a, b]) => `y${a}-${b}`);
    fc.assert(
      fc.property(name, name, name, (a, b, c) => {
        const sign = (one: string, other: string) => Math.sign(compareVersions(one, other)!);
        expect(sign(a, b) + sign(b, a)).toBe(0);
        if (sign(a, b) <= 0 && sign(b, c) <= 0) expect(sign(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});
