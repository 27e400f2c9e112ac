import { coarsen } from './coarsen.ts';
import { LATENCY_GRID } from './latency-grid.ts';
import { GRID_BINS, type Grid, gridOf } from './make-profile.ts';
import type { PartitionProfile, PartitionWindow, ReferenceProfile } from './profile.ts';
import { HOUR_OF_WEEK } from './reweight-reference.ts';

type Fields = Record<string, unknown>;
type Check = (value: unknown) => boolean;

/** Hashes of ids in hex, see PartitionWindow. */
const ID = /^[0-9a-f]{16}$/;
const HOURS = 168;
const MOST_IDS = 512;

/** What somebody says to be the profile of a file on a reference; undefined: it is none, and nothing of it may be added up. */
export function parsePartition(
  value: unknown,
  reference: ReferenceProfile,
  windowMs: number,
): PartitionProfile | undefined {
  if (!isObject(value) || value.version !== 1 || value.windowMs !== windowMs) return undefined;
  if (!isText(value.uri) || !isText(value.stamp) || !isCount(value.timeless)) return undefined;
  if (!isOptional(value.malformed, isText) || !isList(value.windows, windowCheck(reference, windowMs)))
    return undefined;
  const windows = value.windows as PartitionWindow[];
  const isAscending = windows.every(({ from }, i) => i === 0 || from > windows[i - 1]!.from);
  // Its edges are those of its windows.
  const { edges, ...whole } = value as PartitionProfile;
  return isAscending ? whole : undefined;
}

/** Whether a value is a window that can be added to others of the same reference. */
export function windowCheck(reference: ReferenceProfile, windowMs: number): Check {
  const isProfile = profileCheck(reference);
  return (value) => {
    if (!isObject(value) || !Number.isSafeInteger(value.from)) return false;
    const from = value.from as number;
    const isWithin: Check = (at) => typeof at === 'number' && at >= from && at < from + windowMs;
    return (
      from % windowMs === 0 &&
      isWithin(value.newest) &&
      isWithin(value.oldest) &&
      isOptional(value.duplicates, isCount) &&
      isOptional(value.ids, (ids) => isList(ids, (id) => isText(id) && ID.test(id)) && ids.length <= MOST_IDS) &&
      isProfile(value.profile)
    );
  };
}

function profileCheck(reference: ReferenceProfile): Check {
  const { prediction, confidence } = reference;
  const isColumn = columnCheck(reference.columns.map((one) => [one.column, gridOf(one), GRID_BINS]));
  const isPrediction = columnCheck(prediction ? [[prediction.column, gridOf(prediction), GRID_BINS]] : []);
  const isConfidence = columnCheck(confidence ? [[confidence.column, gridOf(confidence), GRID_BINS]] : []);
  const isLatency = columnCheck([['latency', LATENCY_GRID, GRID_BINS]]);
  const isGroup = groupCheck(reference);
  return (value) =>
    isObject(value) &&
    value.version === 1 &&
    isCount(value.rows) &&
    isCount(value.errors) &&
    isList(value.columns, isColumn) &&
    areDifferent(value.columns, 'column') &&
    isOptional(value.prediction, isPrediction) &&
    isOptional(value.confidence, isConfidence) &&
    isOptional(value.latency, isLatency) &&
    isList(value.versions, isPair(isText, isCount)) &&
    isList(
      value.types,
      isPair(isText, (types) => isList(types, isText)),
    ) &&
    isList(value.groups, isGroup) &&
    areDifferent(value.groups, 'by');
}

function groupCheck(reference: ReferenceProfile): Check {
  const { columns, prediction, confidence, groups } = reference;
  const all = [...columns, ...(prediction ? [prediction] : []), ...(confidence ? [confidence] : [])];
  const coarse = all.map((one): Known => [one.column, coarseGridOf(one), GRID_BINS / 10]);
  const isColumn = columnCheck(coarse, true);
  const keys = new Map(
    groups.map(({ by, groups }) => [by, new Set(by === HOUR_OF_WEEK ? hours() : groups.map(({ key }) => key))]),
  );
  return (value) => {
    const known = isObject(value) ? keys.get(value.by as string) : undefined;
    if (!isObject(value) || known === undefined) return false;
    const isOne: Check = (one) =>
      isObject(one) &&
      known.has(one.key as string) &&
      isCount(one.rows) &&
      isList(one.columns, isColumn) &&
      areDifferent(one.columns, 'column');
    return isList(value.groups, isOne) && areDifferent(value.groups, 'key');
  };
}

type Known = [column: string, grid: Grid, bins: number];

function coarseGridOf(column: Parameters<typeof coarsen>[0]): Grid {
  const grid = gridOf(column);
  // of categories only those with rows are left
  return grid.kind === 'categorical' ? grid : gridOf(coarsen(column));
}

/** `some`: categories without rows are left out. */
function columnCheck(columns: Known[], some = false): Check {
  const checks = new Map(columns.map(([column, grid, bins]) => [column, gridCheck(grid, bins, some)]));
  return (value) => isObject(value) && isCount(value.rows) && checks.get(value.column as string)?.(value) === true;
}

function gridCheck(grid: Grid, bins: number, some: boolean): (value: Fields) => boolean {
  if (grid.kind === 'numeric') {
    const isBin = isPair((bin) => isCount(bin) && bin < bins, isCount);
    return (value) =>
      value.kind === 'numeric' &&
      value.low === grid.low &&
      value.width === grid.width &&
      (isObject(value.scale) ? value.scale.asinh : value.scale) === grid.scale?.asinh &&
      isList(value.bins, isBin) &&
      isTotal(value, value.bins as [number, number][], ['under', 'over', 'nulls', 'nans', 'infinities']);
  }
  const known = new Set(grid.categories);
  const isKnown = isPair((category) => known.has(category as string), isCount);
  return (value) =>
    value.kind === 'categorical' &&
    isList(value.counts, isKnown) &&
    (some || value.counts.length === known.size) &&
    isTotal(value, value.counts as [string, number][], ['other', 'unseen', 'nulls']);
}

/** Each cell once, and in all the rows. */
function isTotal(value: Fields, cells: [unknown, number][], beside: string[]): boolean {
  const others = beside.map((name) => value[name]);
  if (!others.every(isCount) || new Set(cells.map(([cell]) => cell)).size < cells.length) return false;
  return [...others, ...cells.map(([, count]) => count)].reduce((sum, count) => sum + count, 0) === value.rows;
}

const hours = (): string[] => Array.from({ length: HOURS }, (_, hour) => String(hour));
const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isList = (value: unknown, of: Check): value is unknown[] => Array.isArray(value) && value.every((one) => of(one));
const isOptional = (value: unknown, of: Check): boolean => value === undefined || of(value);
const isPair =
  (first: Check, second: Check): Check =>
  (value) =>
    Array.isArray(value) && value.length === 2 && first(value[0]) && second(value[1]);

function areDifferent(values: unknown, name: string): boolean {
  const list = values as Fields[];
  return new Set(list.map((one) => one[name])).size === list.length;
}
