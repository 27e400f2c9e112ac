import { describe, expect, it } from 'vitest';
import { parseGlob } from '../../../src/adapters/drift-source/files/glob.ts';
import { mayReach, pathColumns, spanOfPath } from '../../../src/adapters/drift-source/files/path-span.ts';

describe('patterns', () => {
  it.each([
    ['log/dt=*/*.parquet', 'log/dt=2001-05-01/a.parquet', true],
    ['log/dt=*/*.parquet', 'log/dt=2001-05-01/x/a.parquet', false],
    ['log/dt=*/**.parquet', 'log/dt=2001-05-01/x/a.parquet', true],
    ['log/**/*.parquet', 'log/a.parquet', true],
    ['log/**/*.parquet', 'log/x/y/a.parquet', true],
    ['log/**/*.parquet', 'logs/a.parquet', false],
    ['a+b/(c)/*.csv', 'a+b/(c)/d.csv', true],
    ['a.csv', 'abcsv', false],
    ['*', 'a', true],
    ['*', 'a/b', false],
  ])('%s and %s: %s', (pattern, path, matches) => {
    expect(parseGlob(pattern).matches(path)).toBe(matches);
  });

  it('begin below the folders that are told', () => {
    expect(parseGlob('a/b/c*/d.csv')).toMatchObject({ base: 'a/b/', deep: false });
    expect(parseGlob('a/b/d.csv')).toMatchObject({ base: 'a/b/', deep: false });
    expect(parseGlob('a/**')).toMatchObject({ base: 'a/', deep: true, segments: [] });
  });
});

describe('times in paths', () => {
  const day = (from: string, to: string) => ({ from: Date.parse(from), to: Date.parse(to) });
  it.each([
    ['dt=2001-05-01/a', day('2001-05-01', '2001-05-02')],
    ['x/date=2001-05-31/y/a', day('2001-05-31', '2001-06-01')],
    ['dt=2001-05-01/hour=23/a', day('2001-05-01T23:00Z', '2001-05-02')],
    ['dt=2001-05-01-07/a', day('2001-05-01T07:00Z', '2001-05-01T08:00Z')],
    ['year=2000/month=02/day=29/a', day('2000-02-29', '2000-03-01')],
    ['year=2001/month=12/a', day('2001-12-01', '2002-01-01')],
    ['year=2001/a', day('2001-01-01', '2002-01-01')],
    ['Year=2001/MONTH=5/Day=1/Hour=0/a', day('2001-05-01', '2001-05-01T01:00Z')],
    ['year=2001/month=02/day=30/a', undefined],
    ['dt=yesterday/a', undefined],
    ['dt=__HIVE_DEFAULT_PARTITION__/a', undefined],
    ['2001-05-01/a', undefined],
    ['a/dt=2001-05-01', undefined],
  ])('%s', (path, span) => {
    expect(spanOfPath(path)).toEqual(span);
  });

  it('may be off by the slack that is given', () => {
    const span = day('2001-05-01', '2001-05-02');
    const window = day('2001-05-02', '2001-05-03');
    expect([mayReach(span, window, 0), mayReach(span, window, 1), mayReach(undefined, window, 0)]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('are columns as well as all else that folders tell', () => {
    expect([...pathColumns('s3://b/x=1/Version=v1.0.0/y=/z/a=b.parquet')]).toEqual([
      ['x', '1'],
      ['version', 'v1.0.0'],
    ]);
  });
});
