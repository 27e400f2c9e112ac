import { describe, expect, it } from 'vitest';
import { type JudgeSettings, judgeWindow } from '../../../src/domain/drift/judge-window.ts';
import { type Grid, gridOf, makeProfile, numericGrid } from '../../../src/domain/drift/make-profile.ts';
import { mergeWindowProfiles } from '../../../src/domain/drift/merge-profiles.ts';
import type { ColumnProfile, ReferenceProfile, WindowProfile } from '../../../src/domain/drift/profile.ts';
import { seededRandom } from '../../../src/domain/statistics/seeded-random.ts';

const AIRPORTS = ['ATL', 'DFW', 'LAX', 'ORD', 'SFO'];
const grids: Record<string, Grid> = {
  distance: numericGrid(-3.1, 3.1),
  hour: numericGrid(0, 23),
  origin: { kind: 'categorical', categories: AIRPORTS, open: false },
  prediction: numericGrid(0, 1),
};

type Row = { distance: number | null; hour: number; origin: string | null; prediction: number };
type Change = (row: Row, i: number) => Row;

/** Same rows for the same seed; normal values by Box–Muller. */
function rows(count: number, seed: number, change: Change = (row) => row): Row[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, i) => {
    const distance = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const row = {
      distance,
      hour: Math.floor(random() * 24),
      origin: AIRPORTS[Math.floor(random() * 5)]!,
      prediction: random(),
    };
    return change(row, i);
  });
}

function observe(sample: Row[], leaveOut: string[] = []): WindowProfile {
  const profile = (column: keyof Row): ColumnProfile =>
    makeProfile(
      column,
      sample.map((row) => row[column]),
      grids[column]!,
    );
  const columns = (['distance', 'hour', 'origin'] as const).filter((name) => !leaveOut.includes(name)).map(profile);
  return mergeWindowProfiles([
    {
      version: 1,
      rows: sample.length,
      columns,
      prediction: profile('prediction'),
      errors: 0,
      versions: [],
      types: [],
      groups: [],
    },
  ]);
}

function referenceOf(training: WindowProfile): ReferenceProfile {
  const measured = (profile: ColumnProfile) => ({
    ...profile,
    measure: { of: 'value', column: profile.column } as const,
  });
  return {
    version: 2,
    rows: training.rows,
    columns: training.columns.map(measured),
    prediction: measured(training.prediction!),
    groups: [],
    promised: [],
  };
}

const reference = referenceOf(observe(rows(20_000, 1)));
const settings: JudgeSettings = {
  effect: 0.1,
  minRows: 350,
  falseDiscoveryRate: 0.05,
  ignore: [],
  seasonality: 'none',
};
const nothing = {
  reference,
  trailing: [],
  quality: [],
  performance: [],
  estimates: [],
  settings,
  from: 0,
  to: 86_400_000,
};

function judge(count: number, change?: Change, leaveOut?: string[]) {
  return judgeWindow({ ...nothing, window: observe(rows(count, 2, change), leaveOut) });
}

const shifted =
  (by: number): Change =>
  (row) => ({ ...row, distance: row.distance! + by });

describe('judgeWindow', () => {
  it.each([400, 2000, 50_000])('finds nothing in %i rows of the same kind', (count) => {
    expect(judge(count)).toMatchObject({ verdict: 'good', severe: false, reasons: [] });
  });

  it('is clear only with room to spare', () => {
    expect(judge(20_000).clear).toBe(true);
    // A shift by .23 σ is a CDF distance of .09: no finding, and no recovery either.
    expect(judge(20_000, shifted(0.23))).toMatchObject({ verdict: 'good', clear: false });
  });

  it('does not mind a difference below the effect, however many rows show it', () => {
    expect(judge(200_000, shifted(0.15))).toMatchObject({ verdict: 'good' });
  });

  it.each([
    ['a number', shifted(0.6), 'distance', 'distance: distance of the distributions 0.25'],
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
    expect(judgeWindow({ ...nothing, window, settings: { ...settings, ignore: ['distance'] } })).toMatchObject({
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

  it('raises at most a few false alarms over 200 windows without drift', () => {
    const alarms = Array.from({ length: 200 }, (_, i) =>
      judgeWindow({ ...nothing, window: observe(rows(400, 1000 + i)) }),
    );
    expect(alarms.filter(({ verdict }) => verdict === 'bad').length).toBeLessThanOrEqual(1);
  });
});

it('reads the grid back from the reference', () => {
  expect(reference.columns.map((column) => gridOf(column).kind)).toEqual(['numeric', 'numeric', 'categorical']);
});
