import { COARSE_BINS } from '../../domain/drift/coarsen.ts';
import { GRID_BINS } from '../../domain/drift/make-profile.ts';
import type { ColumnProfile, GroupedProfile, ReferenceProfile } from '../../domain/drift/profile.ts';
import { HOUR_OF_WEEK } from '../../domain/drift/reweight-reference.ts';

/** Of all windows that are held at once. A cell takes some 80 bytes. */
const MOST_CELLS = 1_000_000;
const MOST_WINDOWS = 500;
const HOUR_MS = 3_600_000;
const HOURS_OF_WEEK = 168;

/**
 * Neighbouring windows that are profiled and kept as one, whatever else a file holds: a year in one file, hour by hour,
 * would be more than fits into memory. Their number follows from the reference alone.
 */
export function windowsInSheet(reference: ReferenceProfile, windowMs: number): number {
  const cells = cellsOf(reference, windowMs);
  return Math.max(1, Math.min(MOST_WINDOWS, Math.floor(MOST_CELLS / cells)));
}

/** At most so many has the profile of one window. */
function cellsOf({ columns, prediction, confidence, groups }: ReferenceProfile, windowMs: number): number {
  const latency = GRID_BINS;
  const whole = [...columns, prediction, ...(confidence ? [confidence] : [])].map((one) => cellsIn(one, GRID_BINS));
  const grouped = groups.map((group) => keysIn(group, windowMs) * sum(columnsOf(group)));
  return latency + sum(whole) + sum(grouped);
}

function keysIn({ by, groups }: GroupedProfile, windowMs: number): number {
  return by === HOUR_OF_WEEK ? Math.min(HOURS_OF_WEEK, Math.ceil(windowMs / HOUR_MS) + 1) : groups.length;
}

function columnsOf({ groups: [first] }: GroupedProfile): number[] {
  return first?.columns.map((one) => cellsIn(one, COARSE_BINS)) ?? [];
}

function cellsIn(column: ColumnProfile, bins: number): number {
  return column.kind === 'numeric' ? bins : column.counts.length;
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
