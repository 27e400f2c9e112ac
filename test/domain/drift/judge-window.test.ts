import { describe, expect, it } from 'vitest';
import { judgeWindow } from '../../../src/domain/drift/judge-window.ts';
import { gridOf } from '../../../src/domain/drift/make-profile.ts';
import { type Change, NOTHING_ELSE, observe, type Row, referenceOf, rows, SETTINGS } from './sample-windows.ts';

const reference = referenceOf(rows(20_000, 1));
const nothing = { reference, ...NOTHING_ELSE };

function judge(count: number, change?: Change, leaveOut?: string[]) {
  return judgeWindow({ ...nothing, window: observe(rows(count, 2, change), { leaveOut: leaveOut ?? [] }) });
}

const shifted =
  (by: number): Change =>
  (row) => ({ ...row, distance: row.distance! + by });

describe('judgeWindow', () => {
  it('of an outage says that nobody was answered, though no row is there', () => {
    const window = { ...observe([]), rows: 0, errors: 50_000 };
    const quality = [{ check: 'errors', level: 'severe', text: '100 % of 50000 requests got no answer' } as const];
    expect(judgeWindow({ ...nothing, window, quality })).toMatchObject({ verdict: 'bad', severe: true });
    expect(judgeWindow({ ...nothing, window: { ...window, errors: 0 } })).toMatchObject({ verdict: 'no-data' });
  });

  it('does not hold what two versions answered against the promise of one', () => {
    const window = observe(rows(5000, 2, (row) => ({ ...row, prediction: row.prediction ** 2 })));
    const at = (versions: [string, number][]) =>
      judgeWindow({ ...nothing, version: '2', window: { ...window, versions } });
    expect(at([['2', 5000]])).toMatchObject({ verdict: 'bad', prediction: { drifted: true } });
    const mixed = at([
      ['1', 2000],
      ['2', 3000],
    ]);
    expect(mixed).toMatchObject({ verdict: 'good' });
    expect(mixed.prediction).toBeUndefined();
  });

  it('does not miss an input in the rows that a version without it answered', () => {
    const all = observe(rows(5000, 2));
    const columns = all.columns.map((one) =>
      one.column === 'distance' ? observe(rows(3500, 3)).columns.find(({ column }) => column === 'distance')! : one,
    );
    const at = (versions: [string, number][]) =>
      judgeWindow({ ...nothing, version: '2', window: { ...all, columns, versions } });
    expect(
      at([
        ['1', 1500],
        ['2', 3500],
      ]),
    ).toMatchObject({ verdict: 'good' });
    expect(at([['2', 5000]])).toMatchObject({ verdict: 'bad' });
  });

  it.each([400, 2000, 50_000])('finds nothing in %i rows of the same kind', (count) => {
    expect(judge(count)).toMatchObject({ verdict: 'good', severe: false, reasons: [] });
  });

  it('is clear only with room to spare', () => {
    expect(judge(20_000).clear).toBe(true);
    // A shift by .23 σ is a CDF distance of .09: no finding, and no recovery either.
    expect(judge(20_000, shifted(0.23))).toMatchObject({ verdict: 'good', clear: false });
  });

  it('does not mind a difference below the effect, however many rows show it', () => {
    expect(judge(100_000, shifted(0.15))).toMatchObject({ verdict: 'good' });
  });

  it.each([
    ['a number', shifted(0.6), 'distance', 'distance: distance of the distributions 0.2'],
    ['an hour', (row: Row) => ({ ...row, hour: row.hour % 12 }), 'hour', 'hour: population stability index'],
    [
      'a category',
      (row: Row, i: number) => ({ ...row, origin: i % 3 ? row.origin : 'ZZZ' }),
      'origin',
      'origin: population',
    ],
    [
      'missing values',
      (row: Row, i: number) => ({ ...row, distance: i % 5 ? row.distance : null }),
      'distance',
      'distance: 20.0 % of',
    ],
    [
      'the prediction',
      (row: Row) => ({ ...row, prediction: row.prediction ** 2 }),
      undefined,
      'the prediction: distance of',
    ],
  ])('finds a change of %s and names it first', (_what, change, column, reason) => {
    const verdict = judge(2000, change as Change);
    expect(verdict.verdict).toBe('bad');
    expect(verdict.reasons).toHaveLength(1);
    expect(verdict.reasons[0]).toContain(reason);
    if (column) expect(verdict.columns[0]).toMatchObject({ column, drifted: true });
    expect(verdict.columns.filter((finding) => finding.drifted)).toHaveLength(column ? 1 : 0);
  });

  it('sees a 1 σ shift behind one absurd outlier', () => {
    const verdict = judge(1000, (row, i) => ({ ...row, distance: i === 0 ? 1e4 : row.distance! + 1 }));
    expect(verdict).toMatchObject({ verdict: 'bad', severe: true });
  });

  it('takes a vanished column for severe, with few rows too', () => {
    expect(judge(100, undefined, ['origin'])).toMatchObject({
      verdict: 'bad',
      severe: true,
      reasons: ['origin: the column is missing'],
    });
    expect(judge(1000, (row) => ({ ...row, origin: null }))).toMatchObject({
      severe: true,
      reasons: ['origin: every value is missing'],
    });
  });

  it('says when it cannot tell, and when there is nothing', () => {
    expect(judge(349, shifted(3))).toMatchObject({
      verdict: 'cannot-tell',
      reasons: ['349 rows, fewer than the 350 that it takes'],
    });
    expect(judge(0)).toMatchObject({ verdict: 'no-data' });
  });

  it('leaves out what it is told to ignore', () => {
    const window = observe(rows(2000, 2, shifted(2)));
    expect(judgeWindow({ ...nothing, window, settings: { ...SETTINGS, ignore: ['distance'] } })).toMatchObject({
      verdict: 'good',
    });
  });

  it('is bad when a promise is broken though nothing moved', () => {
    const broken = {
      metric: 'roc_auc' as const,
      rows: 900,
      measured: { value: 0.58, lower: 0.55, upper: 0.61 },
      promised: { value: 0.7, lower: 0.69, upper: 0.71 },
      noWorseThan: 0.05,
      verdict: 'broken' as const,
    };
    const verdict = judgeWindow({ ...nothing, window: observe(rows(2000, 2)), performance: [broken] });
    expect(verdict).toMatchObject({ verdict: 'bad', clear: false, severe: false });
    expect(verdict.reasons).toEqual(['roc_auc: 0.580 on 900 rows, promised 0.700']);
  });

  it.each([
    ['a wider spread', (row: Row) => ({ ...row, distance: row.distance! * 1.6 }), 'distance', 2000],
    ['a narrower spread', (row: Row) => ({ ...row, distance: row.distance! / 1.6 }), 'distance', 2000],
    [
      'a category that takes from another',
      (row: Row, i: number) => ({ ...row, origin: row.origin === 'ATL' && i % 3 ? 'SFO' : row.origin }),
      'origin',
      2000,
    ],
    ['3 % of new values', (row: Row, i: number) => ({ ...row, origin: i % 33 ? row.origin : 'ZZZ' }), 'origin', 2000],
    ['3 % of missing values', (row: Row, i: number) => ({ ...row, miles: i % 33 ? row.miles : null }), 'miles', 2000],
    ['.3 σ', shifted(0.35), 'distance', 10_000],
  ] as const)('finds %s', (_what, change, column, count) => {
    const verdict = judge(count, change as Change);
    expect(verdict.columns.filter(({ drifted }) => drifted).map((one) => one.column)).toEqual([column]);
  });

  it('finds a burst of missing values against a reference of millions, which had none', () => {
    const many = (profile: (typeof reference.columns)[number]) => ({
      ...profile,
      rows: profile.rows * 100,
      ...(profile.kind === 'numeric'
        ? { bins: profile.bins.map(([bin, count]): [number, number] => [bin, count * 100]) }
        : { counts: profile.counts.map(([key, count]): [string, number] => [key, count * 100]) }),
    });
    const large = { ...reference, rows: reference.rows * 100, columns: reference.columns.map(many) };
    const window = observe(rows(400, 2, (row, i) => ({ ...row, miles: i % 10 ? row.miles : null })));
    expect(judgeWindow({ ...nothing, reference: large, window }).columns[0]).toMatchObject({
      column: 'miles',
      drifted: true,
    });
    const few = observe(rows(400, 2, (row, i) => ({ ...row, miles: i % 200 ? row.miles : null })));
    expect(judgeWindow({ ...nothing, reference: large, window: few })).toMatchObject({ verdict: 'good' });
  });

  it('does not take a few rows without a value for a column that broke', () => {
    const sparse = referenceOf(rows(5000, 1, (row, i) => ({ ...row, miles: i % 5 < 2 ? null : row.miles })));
    const three = observe(rows(3, 2, (row) => ({ ...row, miles: null, origin: null })));
    expect(judgeWindow({ ...nothing, reference: sparse, window: three })).toMatchObject({ verdict: 'cannot-tell' });
  });

  it('never breaks on a column that is empty in the reference', () => {
    const empty = referenceOf(rows(5000, 1, (row) => ({ ...row, miles: null, origin: null })));
    const still = observe(rows(1000, 2, (row) => ({ ...row, miles: null, origin: null })));
    expect(judgeWindow({ ...nothing, reference: empty, window: still })).toMatchObject({ verdict: 'good' });
    expect(judgeWindow({ ...nothing, reference: empty, window: observe(rows(1000, 2)) })).toMatchObject({
      verdict: 'bad',
    });
  });

  it('counts the rows of files without the column as rows without a value', () => {
    const half = observe(rows(1000, 2), { leaveOut: ['miles'] });
    const window = {
      ...half,
      columns: [...half.columns, observe(rows(800, 3)).columns.find(({ column }) => column === 'miles')!],
    };
    const { columns } = judgeWindow({ ...nothing, window });
    expect(columns[0]).toMatchObject({ column: 'miles', drifted: true, missing: { window: 0.2 } });
  });

  it('says nothing of predictions that the source never had, and much of those that cease', () => {
    const { prediction: _, ...window } = observe(rows(1000, 2));
    expect(judgeWindow({ ...nothing, window })).toMatchObject({ verdict: 'good' });
    expect(judgeWindow({ ...nothing, window, trailing: [observe(rows(1000, 3))] })).toMatchObject({
      severe: true,
      reasons: ['the prediction: the column is missing'],
    });
  });

  it('lets a severe check open with few rows, and a note change nothing', () => {
    const finding = { check: 'freshness', text: 'old' } as const;
    const few = { ...nothing, window: observe(rows(20, 2)) };
    expect(judgeWindow({ ...few, quality: [{ ...finding, level: 'severe' }] })).toMatchObject({
      verdict: 'bad',
      severe: true,
      reasons: ['old'],
    });
    expect(judgeWindow({ ...few, quality: [{ ...finding, level: 'bad' }] })).toMatchObject({ verdict: 'cannot-tell' });
    const enough = { ...nothing, window: observe(rows(2000, 2)) };
    expect(judgeWindow({ ...enough, quality: [{ ...finding, level: 'note' }] })).toMatchObject({
      verdict: 'good',
      clear: true,
    });
    expect(judgeWindow({ ...enough, quality: [{ ...finding, level: 'bad' }] })).toMatchObject({
      verdict: 'bad',
      severe: false,
    });
  });

  it('puts first what costs most, where the losses are known', () => {
    const losses = [
      { cell: 'ATL', rows: 1000, loss: 0.9 },
      { cell: 'ORD', rows: 1000, loss: 0.1 },
    ];
    const known = {
      ...reference,
      columns: reference.columns.map((one) => (one.column === 'origin' ? { ...one, losses } : one)),
    };
    const change: Change = (row, i) => ({ ...row, distance: row.distance! + 3, origin: i % 2 ? 'ATL' : row.origin });
    const verdict = judgeWindow({ ...nothing, reference: known, window: observe(rows(2000, 2, change)) });
    expect(verdict.columns.slice(0, 2).map(({ column }) => column)).toEqual(['origin', 'distance']);
    expect(verdict.columns[0]!.lossEffect).toBeGreaterThan(0);
  });

  it('raises at most a few false alarms over 200 windows without drift', () => {
    const alarms = Array.from({ length: 200 }, (_, i) =>
      judgeWindow({ ...nothing, window: observe(rows(400, 1000 + i)) }),
    );
    expect(alarms.filter(({ verdict }) => verdict === 'bad').length).toBeLessThanOrEqual(1);
  });
});

it('reads the grid back from the reference', () => {
  expect(reference.columns.map((column) => gridOf(column).kind)).toEqual([
    'numeric',
    'numeric',
    'numeric',
    'categorical',
  ]);
});
