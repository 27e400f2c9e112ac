/** Streams in which nothing drifts: what a window holds differs from the reference by chance, hour, weekday and mood. */
import { normal } from '../simulation/normal.ts';
import type { Part } from './cells.ts';
import { type ColumnModel, categories, numbers } from './column-models.ts';

/** How the level of a column goes, in latent standard deviations. */
export type World = {
  name: string;
  columns: ColumnModel[];
  windowHours: 4 | 24;
  /** Level and traffic follow the hour and the weekday, and the monitor is told so. */
  seasonal: boolean;
  /** Deviation of the level between windows, each anew. */
  wobble: number;
  /** Sessions of a window's rows with a level each, that of the one before times φ and a new part. */
  sessions?: { count: number; phi: number; deviation: number };
};

const SIZES = [5, 10, 20, 50, 100, 200, 500];
const INPUTS = 24;

const steady = { windowHours: 24, seasonal: false, wobble: 0 } as const;
const withPrediction = (columns: ColumnModel[]) => [...columns, numbers('prediction', 'probability', 0)];
const repeat = (make: (i: number) => ColumnModel) => withPrediction(Array.from({ length: INPUTS }, (_, i) => make(i)));
const category = (i: number, sizes: number[]) => categories(`c${i}`, sizes[i % sizes.length]!, 0.5 * (i % 3));
const mixed = withPrediction(mixedColumns(INPUTS));

export const steadyWorld = (columns: ColumnModel[]): World => ({ ...steady, name: 'steady', columns });

/** Numbers of all shapes and categories of all sizes in turn. */
export function mixedColumns(count: number): ColumnModel[] {
  const shapes = ['normal', 'lognormal', 'student', 'pareto'] as const;
  return Array.from({ length: count }, (_, i) =>
    i % 2 === 0 ? numbers(`x${i}`, shapes[(i / 2) % shapes.length]!) : category(i, SIZES),
  );
}

export const WORLDS: World[] = [
  { ...steady, name: 'normal', columns: repeat((i) => numbers(`x${i}`, 'normal')) },
  { ...steady, name: 'skewed', columns: repeat((i) => numbers(`x${i}`, 'lognormal')) },
  {
    ...steady,
    name: 'heavy-tailed',
    columns: repeat((i) => numbers(`x${i}`, i % 2 === 0 ? 'student' : 'pareto')),
  },
  { ...steady, name: '5 to 20 categories', columns: repeat((i) => category(i, SIZES.slice(0, 3))) },
  { ...steady, name: '50 to 500 categories', columns: repeat((i) => category(i, SIZES.slice(3))) },
  { ...steady, name: 'all kinds', columns: mixed },
  { ...steady, name: 'seasons, days', columns: mixed, seasonal: true },
  { ...steady, name: 'seasons, four hours', columns: mixed, seasonal: true, windowHours: 4 },
  { ...steady, name: 'autocorrelated', columns: mixed, sessions: { count: 20, phi: 0.8, deviation: 0.1 } },
  { ...steady, name: 'day effects', columns: mixed, wobble: 0.05 },
];

/** Parts by column, then by hour of the window (one when the world has no seasons). */
export type Levels = Part[][][];

/** The levels of one window after the other; `hour`: of the window's start, of the week. */
export function makeLevels(world: World, random: () => number): (hour: number) => Levels {
  const { columns, sessions, wobble } = world;
  const state = columns.map(() => (sessions ? sessions.deviation * normal(random) : 0));
  const hours = world.seasonal ? world.windowHours : 1;
  // The same objects for the same hour: what is drawn of them is computed once.
  const seasons = columns.map((_, column) =>
    Array.from({ length: world.seasonal ? 168 : 1 }, (__, hour) => [
      { share: 1, location: world.seasonal ? season(hour, column) : 0, scale: 1 },
    ]),
  );
  return (hour) =>
    columns.map((_, column) => {
      const ofHours = Array.from({ length: hours }, (__, i) => seasons[column]![(hour + i) % seasons[column]!.length]!);
      const level = wobble * normal(random);
      if (!sessions) {
        if (wobble === 0) return ofHours;
        return ofHours.map((parts) => parts.map((part) => ({ ...part, location: part.location + level })));
      }
      const { count, phi, deviation } = sessions;
      return [
        Array.from({ length: count }, () => {
          state[column] = phi * state[column]! + Math.sqrt(1 - phi * phi) * deviation * normal(random);
          return { share: 1 / count, location: level + state[column]!, scale: 1 };
        }),
      ];
    });
}

/** Rows of an hour as a share of the week's mean hour: quiet nights and weekends. */
export function traffic(hour: number): number {
  const night = 1 + 0.8 * Math.sin((2 * Math.PI * ((hour % 24) - 9)) / 24);
  return night * (hour >= 120 ? 0.6 : 1.16);
}

/** Each column has its own hour of the day at which it is highest, and its own weekend. */
function season(hour: number, column: number): number {
  const daily = 0.4 * Math.sin((2 * Math.PI * (hour + 5 * column)) / 24);
  const weekend = hour >= 120 ? 0.5 * Math.cos(column) : 0;
  return daily + weekend;
}
