import { createHash } from 'node:crypto';
import type { CategoricalProfile, ColumnProfile, ReferenceProfile } from '../../src/domain/drift/profile.ts';
import type { NeededObservations } from '../../src/domain/monitor/needed-observations.ts';
import type { DriftSource, Span, WindowObservation } from '../../src/ports/drift-source.ts';

export const DAY = 86_400_000;

/** good: as in training · bad: nearly all over one channel · broken: the column is gone · few: good, but too few to tell. */
export type DayKind = 'good' | 'bad' | 'broken' | 'few' | 'few-bad';

export type FakeDay = {
  rows: number;
  /** Which share of the rows came over the web, the others through the shop; absent: there is no such column. */
  web?: number;
  version: string;
  /** Of the rows whose truth is known, how many the model got right. */
  labelled?: { rows: number; right: number };
  malformed?: WindowObservation['malformed'];
  timeless?: number;
};

/** Production by day. What is read is counted, so that tests can tell how much a look costs. */
export type FakeDriftSource = DriftSource & {
  days: Map<number, FakeDay>;
  add(day: number, kind: DayKind, more?: Partial<FakeDay>): void;
  /** While set, nothing can be read. */
  failing: Error | undefined;
  /** Windows that were read, by their first day. */
  reads: number[];
  /** What was said to be needed of the observations, look by look. */
  needed: NeededObservations[];
};

const KINDS: Record<DayKind, { rows: number; web?: number }> = {
  good: { rows: 2000, web: 0.5 },
  bad: { rows: 2000, web: 0.05 },
  broken: { rows: 2000 },
  few: { rows: 150, web: 0.5 },
  'few-bad': { rows: 150, web: 0.05 },
};

/** A category with these shares; also what references are made of. */
export function channelProfile(rows: number, web: number): { column: string; rows: number } & CategoricalProfile {
  const fromWeb = Math.round(rows * web);
  const counts: [string, number][] = [
    ['shop', rows - fromWeb],
    ['web', fromWeb],
  ];
  const column = { column: 'channel', rows, kind: 'categorical' as const };
  return { ...column, counts: counts.filter(([, count]) => count > 0), other: 0, unseen: 0, nulls: 0 };
}

/** Half of the answers are sure of the one, half of the other. */
export function predictionProfile(rows: number): ColumnProfile {
  const half = Math.floor(rows / 2);
  const bins = [
    [200, half],
    [800, rows - half],
  ].filter(([, count]) => count! > 0) as [number, number][];
  const grid = { low: 0, width: 0.001, bins };
  const outside = { under: 0, over: 0, nulls: 0, nans: 0, infinities: 0 };
  return { column: 'prediction', rows, kind: 'numeric', ...grid, ...outside };
}

/** What the version was trained on: as many over the web as through the shop. */
export function fakeReference(rows: number): ReferenceProfile {
  return {
    version: 2,
    rows,
    columns: [{ ...channelProfile(rows, 0.5), measure: { of: 'value', column: 'channel' } }],
    prediction: { ...predictionProfile(rows), measure: { of: 'value', column: 'prediction' } },
    groups: [],
    promised: [{ metric: 'accuracy', value: 0.9, lower: 0.88, upper: 0.92 }],
    threshold: 0.5,
  };
}

export function createFakeDriftSource(): FakeDriftSource {
  const days = new Map<number, FakeDay>();
  const within = ({ from, to }: Span) => [...days].filter(([day]) => day * DAY >= from && day * DAY < to);
  const check = () => {
    if (fake.failing) throw fake.failing;
  };
  const stampOf = (span: Span) =>
    createHash('sha256')
      .update(JSON.stringify(within(span)))
      .digest('hex');
  const fake: FakeDriftSource = {
    days,
    failing: undefined,
    reads: [],
    needed: [],
    add: (day, kind, more) => void days.set(day, { ...KINDS[kind], version: '1.0.0', ...more }),
    extent: async () => {
      check();
      if (days.size === 0) return undefined;
      return { first: Math.min(...days.keys()) * DAY, last: (Math.max(...days.keys()) + 1) * DAY - 1 };
    },
    stamp: async (_, span) => {
      check();
      return stampOf(span);
    },
    observe: async (_, span) => {
      check();
      fake.reads.push(span.from / DAY);
      return { ...observation(within(span).map(([, day]) => day)), ...span, stamp: stampOf(span) };
    },
    pending: async () => [],
    accept: async () => undefined,
    prune: async (_, needed) => {
      fake.needed.push(needed);
      return { days: 1, files: 2, bytes: 3 };
    },
  };
  return fake;
}

function observation(days: FakeDay[]): Omit<WindowObservation, 'from' | 'to' | 'stamp'> {
  const rows = days.reduce((sum, day) => sum + day.rows, 0);
  const seen = days.filter(({ web }) => web !== undefined);
  const web = seen.reduce((sum, day) => sum + day.rows * day.web!, 0);
  const counted = seen.reduce((sum, day) => sum + day.rows, 0);
  const versions = [...new Set(days.map(({ version }) => version))].sort();
  return {
    profile: {
      version: 1,
      rows,
      columns: counted > 0 ? [channelProfile(counted, web / counted)] : [],
      prediction: predictionProfile(rows),
      errors: 0,
      versions: versions.map((version) => [
        version,
        days.filter((day) => day.version === version).reduce((sum, day) => sum + day.rows, 0),
      ]),
      types: [],
      groups: [],
    },
    labelled: labelledOf(days),
    malformed: days.flatMap(({ malformed = [] }) => malformed),
    timeless: days.reduce((sum, { timeless = 0 }) => sum + timeless, 0),
    duplicates: 0,
  };
}

function labelledOf(days: FakeDay[]): WindowObservation['labelled'] {
  const pairs = days.flatMap(({ labelled }) => {
    const { rows, right } = labelled ?? { rows: 0, right: 0 };
    return Array.from({ length: rows }, (_, i) => {
      const label = i % 2;
      return { label, prediction: i < right === (label === 1) ? 0.8005 : 0.2005 };
    });
  });
  return {
    predictions: Float64Array.from(pairs, ({ prediction }) => prediction),
    labels: Float64Array.from(pairs, ({ label }) => label),
  };
}
