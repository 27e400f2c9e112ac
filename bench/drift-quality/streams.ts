/** A stream as it is drawn: a reference of whole weeks, then windows of production, one after the other. */
import { seededRandom } from '../../src/domain/statistics/seeded-random.ts';
import { normal } from '../simulation/normal.ts';
import { addDrawn, type Change, type DrawnColumn, drawColumn } from './column-models.ts';
import { drawCounts } from './draw.ts';
import { makeLevels, traffic, type World } from './worlds.ts';

export type DrawnWindow = {
  /** Epoch ms. */
  from: number;
  to: number;
  rows: number;
  /** As the world has them; undefined: the source has no such column. */
  columns: (DrawnColumn | undefined)[];
  /** By hour of the week, where the world has seasons. */
  hours: { key: number; rows: number; columns: DrawnColumn[] }[];
};

export type Changes = Map<number, Change>;

const HOUR_MS = 3_600_000;
/** A Monday. */
const START = Date.UTC(2001, 0, 1);
const LEAST_REFERENCE_ROWS = 10_000;
const LEAST_REFERENCE_DAYS = 63;
/** Of the logarithm of a window's number of rows. */
const ROWS_DEVIATION = 0.05;

/** Windows from the reference's first on; the changes are made to the window that is drawn. */
export function openStream(world: World, rows: number, seed: number): (changes?: Changes) => DrawnWindow {
  const random = seededRandom(seed);
  const levelsAt = makeLevels(world, random);
  let number = 0;
  return (changes = new Map()) => {
    const from = START + number * world.windowHours * HOUR_MS;
    const hour = (number * world.windowHours) % 168;
    number += 1;
    const levels = levelsAt(hour);
    const expected = rows * Math.exp(ROWS_DEVIATION * normal(random));
    const window = { from, to: from + world.windowHours * HOUR_MS };
    if (!world.seasonal) {
      const drawn = Math.max(1, Math.round(expected));
      const columns = world.columns.map((model, i) => {
        const change = changes.get(i);
        return change?.gone ? undefined : drawColumn(model, drawn, levels[i]![0]!, random, change);
      });
      return { ...window, rows: drawn, columns, hours: [] };
    }
    const shares = Float64Array.from({ length: world.windowHours }, (_, i) => traffic((hour + i) % 168));
    const busy = shares.reduce((sum, share) => sum + share, 0) / world.windowHours;
    const counts = drawCounts(Math.max(1, Math.round(expected * busy)), shares, random);
    const hours = [...counts].map((inHour, i) => ({
      key: (hour + i) % 168,
      rows: inHour,
      columns: world.columns.map((model, j) => drawColumn(model, inHour, levels[j]![i]!, random, changes.get(j))),
    }));
    return { ...window, rows: counts.reduce((sum, count) => sum + count, 0), columns: totals(hours), hours };
  };
}

/** Windows of the reference: whole weeks, at least nine, at least 10,000 rows. */
export function referenceWindows(world: World, rows: number): number {
  const perDay = rows * (24 / world.windowHours);
  const weeks = Math.max(LEAST_REFERENCE_DAYS / 7, Math.ceil(LEAST_REFERENCE_ROWS / perDay / 7));
  return weeks * 7 * (24 / world.windowHours);
}

export function totals(parts: { columns: (DrawnColumn | undefined)[] }[]): DrawnColumn[] {
  return parts[0]!.columns.map(
    (_, column) =>
      parts.reduce<DrawnColumn | undefined>((sum, part) => addDrawn(sum, part.columns[column]!), undefined)!,
  );
}
