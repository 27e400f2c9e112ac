import { describe, expect, it } from 'vitest';
import { latencyQuantile } from '../../../src/domain/drift/check-limits.ts';
import { checkQuality } from '../../../src/domain/drift/check-quality.ts';
import { LATENCY_GRID } from '../../../src/domain/drift/latency-grid.ts';
import { makeProfile } from '../../../src/domain/drift/make-profile.ts';
import { emptyWindowProfile } from '../../../src/domain/drift/merge-profiles.ts';
import type { WindowProfile } from '../../../src/domain/drift/profile.ts';
import { observe, referenceOf, rows } from './sample-windows.ts';

const HOUR = 3_600_000;
const reference = referenceOf(rows(2000, 1));
const fine = {
  reference,
  profile: observe(rows(400, 2)),
  span: { from: 0, to: 24 * HOUR },
  newest: 23 * HOUR,
  malformed: [],
  timeless: 0,
  duplicates: 0,
  trailing: [3, 4, 5].map((seed) => observe(rows(400, seed))),
  checks: {},
  windowSeconds: 86_400,
};
const check = (more: object) => checkQuality({ ...fine, ...more });
const withRows = (count: number): WindowProfile => ({ ...fine.profile, rows: count, columns: [] });
const typed = (types: [string, string[]][]): WindowProfile => ({ ...fine.profile, types });

it('has nothing to say of a window as it should be', () => {
  expect(check({})).toEqual([]);
  const limits = {
    rows: { min: 100, max: 1000 },
    freshnessSeconds: 7200,
    latency: { p99Ms: 50 },
    errors: { max: 0.01 },
  };
  expect(check({ checks: limits })).toEqual([]);
});

describe('schema', () => {
  it('a column that only some of the files have', () => {
    const columns = fine.profile.columns.map((one) => (one.column === 'miles' ? { ...one, rows: 300 } : one));
    expect(check({ profile: { ...fine.profile, columns } })).toEqual([
      {
        check: 'schema',
        level: 'bad',
        column: 'miles',
        text: 'miles: files with 25.0 % of the rows have no such column',
      },
    ]);
    const most = columns.map((one) => (one.column === 'miles' ? { ...one, rows: 100 } : one));
    expect(check({ profile: { ...fine.profile, columns: most } })).toMatchObject([{ level: 'severe' }]);
  });

  it.each([
    ['rows that another version answered', 300, 300, 100, undefined],
    ['fewer rows than it lacks', 300, 320, 80, 'bad'],
    ['most of the rows', 190, 390, 10, 'severe'],
    ['a few rows of nobody else', 397, 400, 0, 'note'],
    ['a few rows of another version', 399, 399, 1, undefined],
  ] as const)('a column that is lacking: %s', (_what, there, judged, others, level) => {
    const columns = fine.profile.columns.map((one) => (one.column === 'miles' ? { ...one, rows: there } : one));
    const versions = [['1.0.0', judged] as const, ['1.1.0', others] as const];
    const found = check({ version: '1.0.0', profile: { ...fine.profile, columns, versions } });
    expect(found.map((one) => one.level)).toEqual(level === undefined ? [] : [level]);
  });

  it('a column that is lacking where the source names versions in its own way', () => {
    const columns = fine.profile.columns.map((one) => (one.column === 'miles' ? { ...one, rows: 300 } : one));
    const versions = [['green', 400] as const];
    expect(check({ version: '1.0.0', profile: { ...fine.profile, columns, versions } })).toHaveLength(1);
  });

  it.each([
    [
      'another family',
      [['miles', ['VARCHAR']]],
      [['miles', ['DOUBLE']]],
      'severe',
      'miles: its type is VARCHAR now, it was DOUBLE',
    ],
    [
      'files that disagree',
      [['miles', ['BIGINT', 'VARCHAR']]],
      [],
      'bad',
      'miles: files disagree on its type: BIGINT, VARCHAR',
    ],
    [
      'files that always did',
      [['miles', ['BIGINT', 'VARCHAR']]],
      [['miles', ['BIGINT', 'VARCHAR']]],
      'note',
      undefined,
    ],
    ['a wider number', [['miles', ['DOUBLE']]], [['miles', ['INTEGER']]], undefined, undefined],
    ['decimals', [['miles', ['DECIMAL(18,3)']]], [['miles', ['DOUBLE']]], undefined, undefined],
    ['a column of NULL', [['miles', ['NULL']]], [['miles', ['DOUBLE']]], undefined, undefined],
  ] as [string, [string, string[]][], [string, string[]][], string | undefined, string | undefined][])(
    'types: %s',
    (_what, now, before, level, text) => {
      const found = check({ profile: typed(now), trailing: [typed(before)] });
      expect(found.map((one) => one.level)).toEqual(level ? [level] : []);
      if (text) expect(found[0]!.text).toBe(text);
    },
  );
});

describe('volume', () => {
  it.each([
    ['below the declared', 99, { rows: { min: 100 } }, 'severe', '99 rows, fewer than the 100 that are due'],
    ['above the declared', 1001, { rows: { max: 1000 } }, 'severe', '1001 rows, more than the 1000 that are allowed'],
    ['far below the usual', 80, {}, 'bad', '80 rows, 400 are usual'],
    ['far above the usual', 1700, {}, 'bad', '1700 rows, 400 are usual'],
    ['half of the usual', 200, {}, undefined, undefined],
    ['far from the usual, within what is declared', 80, { rows: { min: 50 } }, undefined, undefined],
    ['none', 0, {}, 'bad', '0 rows, 400 are usual'],
  ])('%s', (_what, count, checks, level, text) => {
    expect(check({ profile: withRows(count), checks }).map((one) => [one.level, one.text])).toEqual(
      level ? [[level, text]] : [],
    );
  });

  it('that was as odd before is usual, and two windows are no habit', () => {
    const wild = [20, 400, 2000, 400].map(withRows);
    expect(check({ profile: withRows(30), trailing: wild })).toEqual([]);
    expect(check({ profile: withRows(10), trailing: wild.slice(0, 2) })).toEqual([]);
  });
});

describe('limits', () => {
  it('freshness, also of a window without rows', () => {
    expect(check({ newest: 20 * HOUR, checks: { freshnessSeconds: 7200 } })).toEqual([
      {
        check: 'freshness',
        level: 'severe',
        text: "the newest row is 4.0 h old at the window's end, 2.0 h is allowed",
      },
    ]);
    const empty = check({
      profile: emptyWindowProfile(reference),
      newest: undefined,
      trailing: [],
      checks: { freshnessSeconds: 7200 },
    });
    expect(empty[0]).toMatchObject({ check: 'freshness', level: 'severe' });
  });

  it('latency by its 99th percentile', () => {
    const times = Array.from({ length: 1000 }, (_, i) => Math.log10(i < 980 ? 10 : 200));
    const latency = makeProfile('latency', times, LATENCY_GRID);
    expect(latencyQuantile(latency, 0.99)! / 200).toBeCloseTo(1, 1);
    expect(latencyQuantile(latency, 0.5)! / 10).toBeCloseTo(1, 1);
    const found = check({ profile: { ...fine.profile, latency }, checks: { latency: { p99Ms: 100 } } });
    expect(found).toMatchObject([{ check: 'latency', level: 'severe' }]);
    expect(found[0]!.text).toMatch(/^99 % of the answers took up to (19\d|20\d)(\.\d)? ms, 100 ms is allowed$/);
    const few = makeProfile('latency', times.slice(950), LATENCY_GRID);
    expect(check({ profile: { ...fine.profile, latency: few }, checks: { latency: { p99Ms: 100 } } })).toEqual([]);
  });

  it('one error of three requests is no rate', () => {
    const profile = { ...fine.profile, rows: 2, errors: 1 };
    expect(check({ profile, checks: { errors: { max: 0.01 } } }).filter((one) => one.check === 'errors')).toEqual([]);
  });

  it('errors by their share of the requests', () => {
    const profile = { ...fine.profile, errors: 100 };
    expect(check({ profile, checks: { errors: { max: 0.05 } } })).toEqual([
      { check: 'errors', level: 'severe', text: '20.00 % of 500 requests got no answer, 5.00 % is allowed' },
    ]);
    expect(check({ profile })).toEqual([]);
  });
});

it.each([
  [
    'malformed',
    {
      malformed: [
        { file: 'a.csv', reason: 'half a row' },
        { file: 'b.csv', reason: 'x' },
      ],
    },
    'bad',
    'a.csv and 1 more could not be read: half a row',
  ],
  [
    'timeless',
    { timeless: 3 },
    'note',
    '3 rows have no time, or one of the future or before 2000, and are in no window',
  ],
  [
    'timeless',
    { timeless: 30 },
    'bad',
    '30 rows have no time, or one of the future or before 2000, and are in no window',
  ],
  ['duplicates', { duplicates: 60 }, 'note', '60 rows were there twice, and count once'],
  ['duplicates', { duplicates: 400 }, 'bad', '400 rows were there twice, and count once'],
  ['late', { late: 5 }, 'note', '5 rows came after the window was judged first'],
])('odd rows: %s', (name, more, level, text) => {
  expect(check(more)).toEqual([{ check: name, level, text }]);
});

it('tells the most severe first', () => {
  const found = check({ timeless: 1, malformed: [{ file: 'a', reason: 'b' }], checks: { rows: { min: 1e6 } } });
  expect(found.map(({ level }) => level)).toEqual(['severe', 'bad', 'note']);
});
