import type { ColumnProfile } from '../../src/domain/drift/profile.ts';
import type { DriftSource, WindowObservation } from '../../src/ports/drift-source.ts';

export const DAY = 86_400_000;

type Day = { rows: number; shares: [number, number]; version: string };

/** Production by day: how many rows, and which share of them came over the two channels. */
export type FakeDriftSource = DriftSource & { days: Map<number, Day>; add(day: number, kind: 'good' | 'bad'): void };

/** A category with these shares; also what references are made of. */
export function channelProfile(rows: number, [web, shop]: [number, number]): ColumnProfile {
  const counts: [string, number][] = [
    ['shop', Math.round(rows * shop)],
    ['web', Math.round(rows * web)],
  ];
  return { column: 'channel', rows, kind: 'categorical', counts, other: 0, unseen: 0, nulls: 0 };
}

export function predictionProfile(rows: number): ColumnProfile {
  const bins: [number, number][] = [[500, rows]];
  return {
    column: 'prediction',
    rows,
    kind: 'numeric',
    low: 0,
    width: 0.001,
    bins,
    under: 0,
    over: 0,
    nulls: 0,
    nans: 0,
    infinities: 0,
  };
}

export function createFakeDriftSource(): FakeDriftSource {
  const days = new Map<number, Day>();
  return {
    days,
    add: (day, kind) =>
      void days.set(day, { rows: 2000, shares: kind === 'good' ? [0.5, 0.5] : [0.95, 0.05], version: '1.0.0' }),
    extent: async () =>
      days.size === 0
        ? undefined
        : { first: Math.min(...days.keys()) * DAY, last: (Math.max(...days.keys()) + 1) * DAY - 1 },
    observe: async (_, { from, to }): Promise<WindowObservation> => {
      const day = days.get(from / DAY);
      const rows = day?.rows ?? 0;
      return {
        from,
        to,
        rows,
        versions: day ? [day.version] : [],
        columns: [channelProfile(rows, day?.shares ?? [0, 0])],
        prediction: predictionProfile(rows),
        labelled: { predictions: new Float64Array(), labels: new Float64Array() },
        malformed: [],
      };
    },
  };
}
