/** Drawn rows of flights, and their profiles as a source makes them. Same rows for the same seed. */
import { coarsen } from '../../../src/domain/drift/coarsen.ts';
import { byCodeUnits } from '../../../src/domain/drift/code-unit-order.ts';
import type { JudgeSettings } from '../../../src/domain/drift/judge-window.ts';
import { type Grid, makeProfile, numericGrid } from '../../../src/domain/drift/make-profile.ts';
import { mergeWindowProfiles } from '../../../src/domain/drift/merge-profiles.ts';
import { overDispersion } from '../../../src/domain/drift/over-dispersion.ts';
import type {
  ColumnProfile,
  GroupedProfile,
  ReferenceProfile,
  WindowProfile,
} from '../../../src/domain/drift/profile.ts';
import { seededRandom } from '../../../src/domain/statistics/seeded-random.ts';

export const AIRPORTS = ['ATL', 'DFW', 'LAX', 'ORD', 'SFO'];
export const GRIDS: Record<keyof Row, Grid> = {
  distance: numericGrid(-3.1, 3.1),
  miles: numericGrid(20, 3000),
  hour: numericGrid(0, 23),
  origin: { kind: 'categorical', categories: AIRPORTS, open: false },
  prediction: numericGrid(0, 1),
  hourOfWeek: numericGrid(0, 167),
};

export type Row = {
  distance: number | null;
  miles: number | null;
  hour: number;
  origin: string | null;
  prediction: number;
  hourOfWeek: number;
};
export type Change = (row: Row, i: number) => Row;

export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export function rows(count: number, seed: number, change: Change = (row) => row): Row[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, i) => {
    const distance = normal(random);
    const hourOfWeek = Math.floor(random() * 168);
    const row = {
      distance,
      miles: 100 + 700 * random() ** 2 * (1 + random()),
      hour: hourOfWeek % 24,
      origin: AIRPORTS[Math.floor(random() * 5)]!,
      prediction: random(),
      hourOfWeek,
    };
    return change(row, i);
  });
}

type Seen = { leaveOut?: string[]; by?: ('origin' | 'hour-of-week')[] };
const COLUMNS = ['distance', 'miles', 'hour', 'origin'] as const;

export function observe(sample: Row[], { leaveOut = [], by = [] }: Seen = {}): WindowProfile {
  const columnsOf = (some: Row[]) =>
    COLUMNS.filter((name) => !leaveOut.includes(name)).map((name) => profileOf(name, some));
  const groups = by.map((grouping): GroupedProfile => {
    const keyed = new Map<string, Row[]>();
    for (const row of sample) {
      const key = grouping === 'origin' ? String(row.origin) : String(row.hourOfWeek);
      keyed.set(key, [...(keyed.get(key) ?? []), row]);
    }
    const ordered = [...keyed].sort(([a], [b]) => byCodeUnits(a, b));
    return {
      by: grouping,
      groups: ordered.map(([key, some]) => ({ key, rows: some.length, columns: columnsOf(some).map(coarsen) })),
    };
  });
  return mergeWindowProfiles([
    {
      version: 1,
      rows: sample.length,
      columns: columnsOf(sample),
      prediction: profileOf('prediction', sample),
      errors: 0,
      versions: [['1.0.0', sample.length]],
      types: [],
      groups,
    },
  ]);
}

function profileOf(name: keyof Row, some: Row[]): ColumnProfile {
  return makeProfile(
    name,
    some.map((row) => row[name]),
    GRIDS[name],
  );
}

/** `blocks`: into how many the sample is cut to see its over-dispersion; none when 0. */
export function referenceOf(sample: Row[], { by = [], blocks = 0 }: Seen & { blocks?: number } = {}): ReferenceProfile {
  const training = observe(sample, { by });
  const size = Math.floor(sample.length / Math.max(1, blocks));
  const parts = Array.from({ length: blocks }, (_, block) => sample.slice(block * size, (block + 1) * size));
  const measured = (profile: ColumnProfile) => ({
    ...profile,
    measure: { of: 'value', column: profile.column } as const,
    ...(blocks > 0
      ? { overDispersion: overDispersion(parts.map((part) => profileOf(profile.column as keyof Row, part))) }
      : {}),
  });
  return {
    version: 2,
    rows: training.rows,
    columns: COLUMNS.map((name) => measured(training.columns.find(({ column }) => column === name)!)),
    prediction: measured(training.prediction!),
    groups: training.groups,
    promised: [],
  };
}

export const SETTINGS: JudgeSettings = {
  effect: 0.1,
  minRows: 350,
  falseDiscoveryRate: 0.05,
  ignore: [],
  seasonality: 'none',
};

/** What a judgement takes besides the reference and the window. */
export const NOTHING_ELSE = {
  trailing: [],
  quality: [],
  performance: [],
  estimates: [],
  settings: SETTINGS,
  from: 0,
  to: 86_400_000,
};
