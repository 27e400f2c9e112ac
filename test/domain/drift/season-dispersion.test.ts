import { describe, expect, it } from 'vitest';
import { coarsen } from '../../../src/domain/drift/coarsen.ts';
import { judgeWindow } from '../../../src/domain/drift/judge-window.ts';
import { mergeWindowProfiles } from '../../../src/domain/drift/merge-profiles.ts';
import { overDispersion } from '../../../src/domain/drift/over-dispersion.ts';
import type { ColumnProfile, ReferenceProfile, WindowProfile } from '../../../src/domain/drift/profile.ts';
import { seasonDispersion } from '../../../src/domain/drift/season-dispersion.ts';
import { seededRandom } from '../../../src/domain/statistics/seeded-random.ts';
import { NOTHING_ELSE, normal, observe, type Row, rows, SETTINGS } from './sample-windows.ts';

const A_DAY = 480;

/** One day of production: nights differ from days, and weekends from the week; `week` lifts all of it. */
function day(number: number, week = 0, shift = 0): Row[] {
  const first = (number % 7) * 24;
  return rows(A_DAY, 1000 + number, (row, i) => {
    const hourOfWeek = first + Math.floor((i * 24) / A_DAY);
    const season = 1.2 * Math.sin((2 * Math.PI * hourOfWeek) / 24) + (hourOfWeek >= 120 ? 0.8 : 0);
    return { ...row, hourOfWeek, hour: hourOfWeek % 24, distance: row.distance! + season + week + shift };
  });
}

/** Weeks of half-day blocks, each with an effect of its own of that deviation. */
function training(weeks: number, effect = 0): { blocks: WindowProfile[]; whole: WindowProfile } {
  const random = seededRandom(11);
  const blocks = Array.from({ length: weeks * 7 }, (_, number) => number).flatMap((number) => {
    const sample = day(number, effect * normal(random));
    return [sample.slice(0, A_DAY / 2), sample.slice(A_DAY / 2)].map((half) => observe(half, { by: ['hour-of-week'] }));
  });
  return { blocks, whole: mergeWindowProfiles(blocks) };
}

function dispersionOf({ blocks, whole }: ReturnType<typeof training>) {
  const profileIn = (block: WindowProfile) => block.columns.find(({ column }) => column === 'distance')!;
  return {
    plain: overDispersion(blocks.map(profileIn)),
    season: seasonDispersion(
      whole,
      'distance',
      blocks.map((block) => ({ profile: coarsen(profileIn(block)), hours: block.groups[0]!.groups })),
    ),
  };
}

describe('seasonDispersion', () => {
  it('does not charge for what the hours of the week explain', () => {
    const { plain, season } = dispersionOf(training(5));
    expect(plain.ratio).toBeGreaterThan(20);
    expect(season!.ratio).toBeLessThan(1.3);
  });

  it('takes blocks on either grid', () => {
    const { blocks, whole } = training(3);
    const of = (map: (profile: ColumnProfile) => ColumnProfile) =>
      seasonDispersion(
        whole,
        'distance',
        blocks.map((block) => ({
          profile: map(block.columns.find(({ column }) => column === 'distance')!),
          hours: block.groups[0]!.groups,
        })),
      );
    expect(of((profile) => profile)).toEqual(of(coarsen));
  });

  it('charges for what they do not', () => {
    // n·Var(F)/F(1 − F) at the median of one hour: 240·(.3·φ(0))²/.25, less where the season has spread the values.
    const { season } = dispersionOf(training(5, 0.3));
    expect(season!.ratio).toBeGreaterThan(5);
    expect(season!.ratio).toBeLessThan(25);
  });

  it('cannot tell a season from one week', () => {
    expect(dispersionOf(training(1)).season).toBeUndefined();
    expect(seasonDispersion({ groups: [] }, 'distance', [])).toBeUndefined();
  });

  it('gives seasonal columns their power back', () => {
    const known = training(5);
    const columns = known.whole.columns.map((profile) => ({
      ...profile,
      measure: { of: 'value', column: profile.column } as const,
      ...(profile.column === 'distance'
        ? { overDispersion: dispersionOf(known).plain, seasonDispersion: dispersionOf(known).season! }
        : {}),
    }));
    const prediction = { ...known.whole.prediction!, measure: { of: 'value', column: 'prediction' } as const };
    const { rows: counted, groups } = known.whole;
    const reference: ReferenceProfile = { version: 2, rows: counted, columns, prediction, groups, promised: [] };
    const settings = { ...SETTINGS, seasonality: 'hour-of-week' as const, ignore: ['hour'] };
    const judged = (sample: Row[]) =>
      judgeWindow({ ...NOTHING_ELSE, reference, settings, window: observe(sample, { by: ['hour-of-week'] }) });
    expect(judged(day(40))).toMatchObject({ verdict: 'good' });
    expect(judged(day(40, 0, 0.9)).columns[0]).toMatchObject({ column: 'distance', drifted: true });
  });
});
