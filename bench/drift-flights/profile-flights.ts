/** Profiles of flights as the model's inputs and its answers, on grids that were laid over January. */
import { coarsen } from '../../src/domain/drift/coarsen.ts';
import { byCodeUnits } from '../../src/domain/drift/code-unit-order.ts';
import { GRID_QUANTILES, type Grid, makeProfile, numericGrid } from '../../src/domain/drift/make-profile.ts';
import { mergeProfiles } from '../../src/domain/drift/merge-columns.ts';
import { mergeWindowProfiles } from '../../src/domain/drift/merge-profiles.ts';
import { overDispersion } from '../../src/domain/drift/over-dispersion.ts';
import type { ReferenceColumn, ReferenceProfile, WindowProfile } from '../../src/domain/drift/profile.ts';
import { seasonDispersion } from '../../src/domain/drift/season-dispersion.ts';
import { hourOfWeek } from './late-model.ts';
import type { Flights } from './read-flights.ts';

const BLOCKS = 64;
const HOUR_OF_WEEK = 'hour-of-week';

type Column = { name: string; grid: Grid; value(row: number): unknown };

/** `rows`: in time. */
export function makeFlightProfiler(flights: Flights, prediction: (row: number) => number, training: Uint32Array) {
  const { airports } = flights;
  const inputs: Omit<Column, 'grid'>[] = [
    { name: 'hour', value: (row) => hourOfWeek(flights.at[row]!) % 24 },
    { name: 'weekday', value: (row) => Math.floor(hourOfWeek(flights.at[row]!) / 24) },
    { name: 'distance', value: (row) => flights.distance[row]! },
    { name: 'origin', value: (row) => airports[flights.origin[row]!] },
    { name: 'destination', value: (row) => airports[flights.destination[row]!] },
    { name: 'prediction', value: prediction },
  ];
  const columns = inputs.map((input): Column => ({ ...input, grid: gridOver(training, input.value) }));

  const profile = (rows: Uint32Array, of: Column[] = columns): WindowProfile['columns'] =>
    of.map(({ name, grid, value }) => makeProfile(name, Array.from(rows, value), grid));

  const hoursOf = (rows: Uint32Array): [string, number[]][] => {
    const byHour = new Map<string, number[]>();
    for (const row of rows) {
      const key = String(hourOfWeek(flights.at[row]!));
      const inHour = byHour.get(key);
      if (inHour) inHour.push(row);
      else byHour.set(key, [row]);
    }
    return [...byHour].sort(([a], [b]) => byCodeUnits(a, b));
  };

  const groups = (rows: Uint32Array): WindowProfile['groups'] => [
    {
      by: HOUR_OF_WEEK,
      groups: hoursOf(rows).map(([key, inHour]) => ({
        key,
        rows: inHour.length,
        columns: profile(Uint32Array.from(inHour)).map(coarsen),
      })),
    },
  ];

  return {
    window(rows: Uint32Array): WindowProfile {
      const profiles = profile(rows);
      const answered = profiles.at(-1)!;
      return mergeWindowProfiles([
        {
          version: 1,
          rows: rows.length,
          columns: profiles.slice(0, -1),
          prediction: answered,
          errors: 0,
          versions: [],
          types: [],
          groups: groups(rows),
        },
      ]);
    },
    reference(): ReferenceProfile {
      const size = Math.ceil(training.length / BLOCKS);
      const blocks = Array.from({ length: BLOCKS }, (_, block) => {
        const rows = training.subarray(block * size, (block + 1) * size);
        return { profiles: profile(rows), hours: hoursOf(rows).map(([key, inHour]) => ({ key, rows: inHour.length })) };
      });
      const ofHours = groups(training);
      const known = columns.map(({ name }, i): ReferenceColumn => {
        const parts = blocks.map(({ profiles, hours }) => ({ profile: profiles[i]!, hours }));
        const profiles = parts.map((part) => part.profile);
        const season = seasonDispersion({ groups: ofHours }, name, parts);
        return {
          ...mergeProfiles(profiles),
          measure: { of: 'value', column: name },
          overDispersion: overDispersion(profiles),
          ...(season ? { seasonDispersion: season } : {}),
        };
      });
      return {
        version: 2,
        rows: training.length,
        columns: known.slice(0, -1),
        prediction: known.at(-1)!,
        groups: ofHours,
        promised: [],
      };
    },
  };
}

function gridOver(rows: Uint32Array, value: (row: number) => unknown): Grid {
  const first = value(rows[0]!);
  if (typeof first !== 'number') {
    const categories = [...new Set(Array.from(rows, value) as string[])].sort(byCodeUnits);
    return { kind: 'categorical', categories, open: false };
  }
  const sorted = Float64Array.from(rows, (row) => value(row) as number).sort();
  const at = (p: number) => sorted[Math.floor(p * (sorted.length - 1))]!;
  return numericGrid(at(0.001), at(0.999), { quantiles: GRID_QUANTILES.map(at) });
}
