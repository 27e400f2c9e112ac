// What a verdict says beyond "it moved": seasons, segments, steps, causes.
import { describe, expect, it } from 'vitest';
import { judgeWindow } from '../../../src/domain/drift/judge-window.ts';
import type { ReferenceColumn } from '../../../src/domain/drift/profile.ts';
import { type Change, NOTHING_ELSE, observe, referenceOf, rows, SETTINGS } from './sample-windows.ts';

/** Longer distances by day, other airports at weekends. */
const seasonal: Change = (row, i) => ({
  ...row,
  distance: row.distance! + 1.5 * Math.sin((2 * Math.PI * row.hour) / 24),
  origin: row.hourOfWeek >= 120 && i % 2 ? 'SFO' : row.origin,
});
const during = (hours: (hourOfWeek: number) => boolean, seed: number, count: number, change: Change = seasonal) =>
  rows(count, seed, change).filter((row) => hours(row.hourOfWeek));
const nights = (hour: number) => hour % 24 < 6;

describe('seasons', () => {
  const reference = referenceOf(rows(40_000, 1, seasonal), { by: ['hour-of-week'] });
  const judged = (sample: ReturnType<typeof rows>, seasonality: typeof SETTINGS.seasonality) =>
    judgeWindow({
      ...NOTHING_ELSE,
      reference,
      window: observe(sample, { by: ['hour-of-week'] }),
      settings: { ...SETTINGS, seasonality, ignore: ['hour'] },
    });

  it('holds nights against nights', () => {
    const sample = during(nights, 2, 8000);
    expect(judged(sample, 'none')).toMatchObject({ verdict: 'bad', cause: { kind: 'season' } });
    expect(judged(sample, 'hour')).toMatchObject({ verdict: 'good', clear: true });
    expect(judged(sample, 'hour-of-week')).toMatchObject({ verdict: 'good' });
  });

  it('holds weekends against weekends, by weekday and not by hour', () => {
    const sample = during((hour) => hour >= 120, 3, 8000);
    expect(judged(sample, 'hour').columns[0]).toMatchObject({ column: 'origin', drifted: true });
    expect(judged(sample, 'weekday')).toMatchObject({ verdict: 'good' });
    expect(judged(sample, 'hour-of-week')).toMatchObject({ verdict: 'good' });
  });

  it('sees a shift within a season', () => {
    const shifted: Change = (row, i) => ({ ...seasonal(row, i), distance: seasonal(row, i).distance! + 0.8 });
    const sample = during(nights, 2, 8000, shifted);
    expect(judged(sample, 'hour')).toMatchObject({
      verdict: 'bad',
      columns: [{ column: 'distance', drifted: true }, {}, {}],
    });
  });

  it('falls back to the same hour of other days, then to all, where the reference has no such hours', () => {
    const workdays = referenceOf(
      during((hour) => hour < 120, 1, 40_000),
      { by: ['hour-of-week'] },
    );
    const sample = during(
      (hour) => hour >= 120 && hour % 24 < 6,
      4,
      30_000,
      (row) => ({
        ...row,
        distance: row.distance! + 1.5 * Math.sin((2 * Math.PI * row.hour) / 24),
      }),
    );
    const window = observe(sample, { by: ['hour-of-week'] });
    const settings = { ...SETTINGS, ignore: ['hour'], seasonality: 'hour-of-week' as const };
    expect(judgeWindow({ ...NOTHING_ELSE, reference: workdays, window, settings })).toMatchObject({ verdict: 'good' });
    const weekday = { ...settings, seasonality: 'weekday' as const };
    expect(judgeWindow({ ...NOTHING_ELSE, reference: workdays, window, settings: weekday }).columns[0]).toMatchObject({
      column: 'distance',
      drifted: true,
    });
  });

  it('names the day that a window looks like', () => {
    const sundays = during((hour) => hour >= 144, 5, 10_000).map((row) => ({
      ...row,
      hourOfWeek: row.hourOfWeek - 144,
    }));
    const verdict = judged(sundays, 'hour-of-week');
    expect(verdict.cause).toEqual({ kind: 'season', text: 'origin looks as it does on Saturdays in the reference' });
  });
});

describe('segments', () => {
  const reference = referenceOf(rows(20_000, 1), { by: ['origin'] });

  it('names the part of the rows in which a column moved most', () => {
    const change: Change = (row) => ({ ...row, distance: row.distance! + (row.origin === 'ORD' ? 2 : 0) });
    const window = observe(rows(10_000, 2, change), { by: ['origin'] });
    const verdict = judgeWindow({ ...NOTHING_ELSE, reference, window });
    expect(verdict.segments.map(({ by, key, column }) => [by, key, column])).toEqual([['origin', 'ORD', 'distance']]);
    expect(verdict.reasons.at(-1)).toMatch(/^most of all where origin is ORD: distance by 0\.\d+ in \d+ rows$/);
  });

  it('finds none where all moved alike, or nothing did', () => {
    const all = observe(
      rows(10_000, 2, (row) => ({ ...row, distance: row.distance! + 1 })),
      { by: ['origin'] },
    );
    expect(judgeWindow({ ...NOTHING_ELSE, reference, window: all }).segments).toEqual([]);
    const none = observe(rows(10_000, 2), { by: ['origin'] });
    expect(judgeWindow({ ...NOTHING_ELSE, reference, window: none }).segments).toEqual([]);
  });
});

it('tells a step from a slow change by the windows before', () => {
  const reference = referenceOf(rows(20_000, 1));
  const by = (shift: number, seed: number) =>
    observe(rows(1000, seed, (row) => ({ ...row, distance: row.distance! + shift })));
  const patternAfter = (shifts: number[]) =>
    judgeWindow({
      ...NOTHING_ELSE,
      reference,
      window: by(0.8, 2),
      trailing: shifts.map((shift, i) => by(shift, 3 + i)),
    }).columns[0];
  expect(patternAfter([0, 0.05, 0])).toMatchObject({ column: 'distance', drifted: true, pattern: 'step' });
  expect(patternAfter([0.5, 0.6, 0.7])).toMatchObject({ drifted: true, pattern: 'slow' });
  expect(patternAfter([])?.pattern).toBeUndefined();
});

describe('probable cause', () => {
  const reference = referenceOf(rows(20_000, 1));
  const cause = (change: Change, more: object = {}) =>
    judgeWindow({ ...NOTHING_ELSE, reference, window: observe(rows(3000, 2, change)), ...more }).cause;

  it.each([
    ['miles to kilometres', (x: number) => x * 1.609344, 'times 1.609 (miles and kilometres)'],
    ['centimetres', (x: number) => x * 2.54, 'times 2.54 (inches and centimetres)'],
    ['feet from metres', (x: number) => x / 3.28084, 'divided by 3.281 (metres and feet)'],
  ])('a unit: %s', (_what, map, text) => {
    expect(cause((row) => ({ ...row, miles: map(row.miles!) }))).toEqual({
      kind: 'unit',
      text: `miles: the values are the reference's values ${text}`,
    });
  });

  it('a unit that lifts all values out of the range is not guessed', () => {
    expect(cause((row) => ({ ...row, miles: row.miles! * 1000 }))).toEqual({
      kind: 'unit',
      text: 'miles: 100.0 % of the values lie above all that the reference knows',
    });
  });

  it('a column that merely moved is of no other unit', () => {
    expect(cause((row) => ({ ...row, distance: row.distance! + 0.7 }))).toEqual({
      kind: 'unknown',
      text: '1 of 5 columns moved, and nothing simpler explains it',
    });
  });

  it('missing values, new categories, a schema, the volume, the model', () => {
    expect(cause((row, i) => ({ ...row, miles: i % 4 ? row.miles : null }))).toEqual({
      kind: 'missing',
      text: 'values of miles are missing: 25.0 %, 0.0 % in the reference',
    });
    expect(cause((row) => ({ ...row, miles: null }))).toMatchObject({ kind: 'missing' });
    expect(cause((row, i) => ({ ...row, origin: i % 10 ? row.origin : 'ZZZ' }))).toEqual({
      kind: 'new-category',
      text: '10.0 % of the values of origin were never in the reference',
    });
    expect(cause((row) => row, { window: observe(rows(900, 2), { leaveOut: ['hour', 'miles'] }) })).toEqual({
      kind: 'schema',
      text: 'miles and hour: the column is missing',
    });
    const volume = { check: 'volume', level: 'severe', text: '12 rows, 400 are usual' };
    expect(cause((row) => row, { quality: [volume] })).toEqual({ kind: 'volume', text: volume.text });
    expect(cause((row) => ({ ...row, prediction: row.prediction ** 2 }))).toEqual({
      kind: 'model',
      text: 'the predictions moved while no input did (answered by 1.0.0)',
    });
    expect(cause((row) => row)).toBeUndefined();
  });

  it('names what was answered and the columns together as people do', () => {
    const half: Change = (row, i) => ({ ...row, prediction: i % 2 ? Number.NaN : row.prediction });
    expect(cause(half)).toEqual({
      kind: 'missing',
      text: 'values of the prediction are missing: 50.0 %, 0.0 % in the reference',
    });
    const [distance, ...others] = reference.columns;
    const together: ReferenceColumn = {
      ...distance!,
      column: 'inputs.reconstruction',
      measure: { of: 'reconstruction', columns: [], components: [] },
    };
    const window = observe(rows(3000, 2, (row, i) => ({ ...row, distance: i % 2 ? null : row.distance })));
    const columns = window.columns.map((one) =>
      one.column === 'distance' ? { ...one, column: together.column } : one,
    );
    const verdict = judgeWindow({
      ...NOTHING_ELSE,
      reference: { ...reference, columns: [together, ...others] },
      window: { ...window, columns },
    });
    expect(verdict.reasons[0]).toBe('the columns together: 50.0 % of the values are missing, 0.0 % in the reference');
    expect(verdict.cause?.text).toMatch(/^values of the columns together are missing: 50\.0 %/);
  });

  it('tells an input from an answer of the same name', () => {
    const input: ReferenceColumn = { ...reference.columns[0]!, column: 'prediction' };
    const window = observe(rows(3000, 2, (row) => ({ ...row, prediction: row.prediction ** 2 })));
    const same = { ...window.columns.find(({ column }) => column === 'distance')!, column: 'prediction' };
    const verdict = judgeWindow({
      ...NOTHING_ELSE,
      reference: { ...reference, columns: [input] },
      window: { ...window, columns: [same] },
    });
    expect(verdict.columns).toMatchObject([{ column: 'prediction', drifted: false }]);
    expect(verdict.cause).toMatchObject({ kind: 'model' });
  });
});
