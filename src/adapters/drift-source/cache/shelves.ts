import type { PartitionProfile, PartitionWindow } from '../../../domain/drift/profile.ts';
import type { Span, WindowObservation } from '../../../ports/drift-source.ts';
import type { Place } from '../files/open-place.ts';
import { spanOfPath } from '../files/path-span.ts';
import type { SourceFile } from '../files/walk.ts';
import { type Profiled, type Profiling, profileFiles } from '../profile-files.ts';
import { timelessIn } from '../timeless-in.ts';
import type { Edges } from './known-spans.ts';
import { mergePartitions } from './merge-partitions.ts';
import type { Entry, PartitionCache } from './partition-cache.ts';

type Remember = (file: SourceFile, edges: Edges) => void;

/**
 * Profiles of a place's files on one reference, of one sheet. `files` are all that are listed, so what is not among them is gone;
 * `near`: whether one may have rows that are wanted.
 */
export type Shelves = {
  missing(files: SourceFile[], near: Near): Promise<SourceFile[]>;
  /** Profiles what is missing; answers what could not be read for now, and is kept in mind by nobody. */
  fill(files: SourceFile[], near: Near, how: Omit<Profiling, 'place'>, remember: Remember): Promise<Unread[]>;
  put(profile: PartitionProfile): Promise<void>;
  /** Where they are many, profiles of small files become one. */
  tidy(files: SourceFile[]): Promise<void>;
  /** What the files say of a window; undefined: something was lost from the cache meanwhile, and must be filled again. */
  collect(files: SourceFile[], window: Span): Promise<Collected | undefined>;
};

export type Unread = { file: SourceFile; reason: string };

type Near = (file: SourceFile) => boolean;

export type Collected = {
  windows: PartitionWindow[];
  members: SourceFile[];
  malformed: WindowObservation['malformed'];
  timeless: number;
};

/** Files up to this size are read together: a log in thousands of parts would cost a query each. */
const SMALL_BYTES = 4 * 2 ** 20;
const TOGETHER = 256;
const TOGETHER_BYTES = 64 * 2 ** 20;
/** A shelf with more entries than that has those of small files put into one. */
const MAX_ENTRIES = 32;

/** `isSound`: whether a window that was kept is on the reference's grids. */
export function createShelves(
  cache: PartitionCache,
  scope: string,
  place: Place,
  isSound: (window: unknown) => boolean,
): Shelves {
  /** Undefined: it is lost or damaged where it is wanted, and gone from now on. */
  async function read(shelf: string, entry: Entry, isWanted: (from: number) => boolean) {
    const profile = await cache.read(scope, shelf, entry);
    if (Array.isArray(profile?.windows)) {
      const windows = profile.windows.filter((window) => isWanted(window?.from));
      const isWhole = windows.length === entry.windows.filter(isWanted).length;
      if (isWhole && windows.every(isSound)) return profile;
    }
    await cache.drop(scope, shelf, entry);
    return undefined;
  }

  /** Entries whose files are all still there and the same; each file is in one. What is worth nothing any more is removed. */
  async function valid(shelf: string, files: Map<string, SourceFile>): Promise<{ entries: Entry[]; removed: boolean }> {
    const taken = new Set<string>();
    const entries: Entry[] = [];
    const all = await cache.entries(scope, shelf);
    for (const entry of all.sort((a, b) => b.members.length - a.members.length)) {
      const isValid = entry.members.every(({ uri, stamp }) => files.get(uri)?.stamp === stamp && !taken.has(uri));
      if (!isValid) {
        await cache.drop(scope, shelf, entry);
        continue;
      }
      for (const { uri } of entry.members) taken.add(uri);
      entries.push(entry);
    }
    return { entries, removed: entries.length < all.length };
  }

  async function missingOf(shelf: string, files: SourceFile[], near: Near): Promise<SourceFile[]> {
    const byUri = new Map(files.map((file) => [file.uri, file]));
    const { entries } = await valid(shelf, byUri);
    for (const { members } of entries) for (const { uri } of members) byUri.delete(uri);
    return [...byUri.values()].filter(near);
  }

  async function keep(shelf: string, { members, profile }: Profiled): Promise<void> {
    const named = members.map(({ uri, stamp }) => ({ uri, stamp }));
    await cache.write(scope, shelf, named, profile);
  }

  async function tidyShelf(shelf: string, files: SourceFile[]): Promise<void> {
    const byUri = new Map(files.map((file) => [file.uri, file]));
    const isSmall = ({ uri }: { uri: string }) => (byUri.get(uri)?.bytes ?? 0) <= SMALL_BYTES;
    // Rows without a time that came with no others are told of when their file was written: they stay apart.
    const some = (await valid(shelf, byUri)).entries.filter(
      ({ members, malformed, windows, timeless }) =>
        malformed === undefined && (windows.length > 0 || timeless === 0) && members.every(isSmall),
    );
    if (some.length <= MAX_ENTRIES) return;
    const profiles: PartitionProfile[] = [];
    for (const entry of some) {
      const profile = await read(shelf, entry, () => true);
      if (!profile) return;
      profiles.push(profile);
    }
    const members = some.flatMap((entry) => entry.members);
    await cache.write(scope, shelf, members, mergePartitions(profiles));
    for (const entry of some) await cache.drop(scope, shelf, entry);
  }

  async function add(found: Collected, shelf: string, entry: Entry, members: SourceFile[], window: Span) {
    const isWanted = (from: number) => from >= window.from && from < window.to;
    const reaches = entry.windows.some(isWanted);
    if (reaches) {
      const profile = await read(shelf, entry, isWanted);
      if (!profile) return false;
      found.windows.push(...profile.windows.filter(({ from }) => isWanted(from)));
      found.members.push(...members);
      found.timeless += timelessIn(profile.windows.map(sizeOf), profile.timeless, isWanted);
      return true;
    }
    const { malformed: reason } = entry;
    if (entry.windows.length > 0) return true;
    if (reason === undefined && cameIn(newestOf(members), window)) found.timeless += entry.timeless;
    if (reason !== undefined && members.some((file) => mayBeOf(file, window)))
      found.malformed.push(...members.map(({ uri }) => ({ file: uri, reason })));
    return true;
  }

  return {
    async missing(files, near) {
      const found: SourceFile[] = [];
      for (const [shelf, some] of byShelf(files)) found.push(...(await missingOf(shelf, some, near)));
      return found;
    },
    async fill(files, near, how, remember) {
      const unread: Unread[] = [];
      for (const [shelf, some] of byShelf(files)) {
        const units = unitsOf(await missingOf(shelf, some, near), place);
        for (const unit of units) {
          for (const profiled of await profileFiles(unit, { ...how, place })) {
            const { malformed: reason } = profiled.profile;
            if (profiled.isPassing && reason !== undefined) {
              unread.push(...profiled.members.map((file) => ({ file, reason })));
              continue;
            }
            await keep(shelf, profiled);
            for (const file of profiled.members) remember(file, edgesOf(profiled.profile));
          }
          for (const file of unit) await place.files.store.release(file);
        }
        if (units.length > 0) await tidyShelf(shelf, some);
      }
      return unread;
    },
    async put(profile) {
      const file = fileOf(profile);
      await keep(shelfOf(file), { members: [file], profile });
    },
    async tidy(files) {
      for (const [shelf, some] of byShelf(files)) await tidyShelf(shelf, some);
    },
    async collect(files, window) {
      const found: Collected = { windows: [], members: [], malformed: [], timeless: 0 };
      for (const [shelf, some] of byShelf(files)) {
        const byUri = new Map(some.map((file) => [file.uri, file]));
        const { entries, removed } = await valid(shelf, byUri);
        // Another process read the same files meanwhile, put together in another way.
        if (removed) return undefined;
        for (const entry of entries) {
          const members = entry.members.map(({ uri }) => byUri.get(uri)!);
          if (!(await add(found, shelf, entry, members, window))) return undefined;
        }
      }
      return found;
    },
  };
}

/** Where nothing of a file can be read: its folder says when its rows are of, or else when it was written. */
export function mayBeOf({ span, modifiedAt }: SourceFile, window: Span): boolean {
  if (span !== undefined) return span.from < window.to && span.to > window.from;
  return modifiedAt >= window.from;
}

function newestOf(files: SourceFile[]): SourceFile {
  return files.reduce((a, b) => (b.modifiedAt > a.modifiedAt ? b : a));
}

/** A file without one row that has a time is told of once: in the window in which it was written, of its folder's day. */
function cameIn({ span, modifiedAt }: SourceFile, window: Span): boolean {
  const written = Math.min(modifiedAt, Date.now());
  const at = span ? Math.min(Math.max(written, span.from), span.to - 1) : written;
  return at >= window.from && at < window.to;
}

function sizeOf({ from, profile }: PartitionWindow): { from: number; rows: number } {
  return { from, rows: (profile?.rows ?? 0) + (profile?.errors ?? 0) };
}

/** What is known of a file that somebody else has profiled. */
export function fileOf({ uri, stamp }: PartitionProfile): SourceFile {
  return { uri, stamp, path: uri, bytes: 0, modifiedAt: 0 };
}

export function edgesOf({ windows, edges }: PartitionProfile): Edges {
  if (edges !== undefined) return edges;
  if (windows.length === 0) return null;
  const first = windows.reduce((least, { oldest }) => Math.min(least, oldest), Number.POSITIVE_INFINITY);
  const last = windows.reduce((latest, { newest }) => Math.max(latest, newest), first);
  return { first, last };
}

function byShelf(files: SourceFile[]): Map<string, SourceFile[]> {
  const shelves = new Map<string, SourceFile[]>();
  for (const file of files) {
    const shelf = shelfOf(file);
    const some = shelves.get(shelf);
    if (some) some.push(file);
    else shelves.set(shelf, [file]);
  }
  return shelves;
}

function shelfOf({ uri, span = spanOfPath(uri.replace(/^(file:|s3:\/\/)/, '')) }: SourceFile): string {
  return span === undefined ? 'undated' : `${span.from}-${span.to}`;
}

function unitsOf(files: SourceFile[], { files: { format } }: Place): SourceFile[][] {
  const units: SourceFile[][] = [];
  let bytes = 0;
  let together: SourceFile[] = [];
  for (const file of files) {
    if (format !== 'parquet' || file.bytes > SMALL_BYTES) {
      units.push([file]);
      continue;
    }
    if (together.length >= TOGETHER || bytes + file.bytes > TOGETHER_BYTES) {
      units.push(together);
      together = [];
      bytes = 0;
    }
    together.push(file);
    bytes += file.bytes;
  }
  return together.length > 0 ? [...units, together] : units;
}
