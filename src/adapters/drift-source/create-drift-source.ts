import os from 'node:os';
import path from 'node:path';
import { version as duckdb } from '@duckdb/node-api';
import { parsePartition, windowCheck } from '../../domain/drift/parse-partition.ts';
import type { ReferenceProfile } from '../../domain/drift/profile.ts';
import { AppError } from '../../domain/errors.ts';
import { digestOf } from '../../domain/fingerprint/digest.ts';
import type { Model } from '../../domain/spec/valid.ts';
import type { DriftSource, PendingPartition, Span, Watched, WindowObservation } from '../../ports/drift-source.ts';
import type { Observations } from '../../ports/observations.ts';
import { createSum, type SeenWindow } from './cache/add-sheets.ts';
import { createKeptRows } from './cache/kept-rows.ts';
import { type KnownSpans, openKnownSpans } from './cache/known-spans.ts';
import { createPartitionCache } from './cache/partition-cache.ts';
import { sheetsOf, splitBySheet } from './cache/sheets.ts';
import { type Collected, createShelves, edgesOf, fileOf, mayBeOf, type Shelves } from './cache/shelves.ts';
import { type CacheLimits, sweepFolder } from './cache/sweep-folder.ts';
import { countRepeated } from './count-repeated.ts';
import { countedReference } from './counted-reference.ts';
import type { S3Options } from './files/bucket.ts';
import { createBucketStores, type SpoolLimits } from './files/create-bucket-stores.ts';
import { openPlace, type Place } from './files/open-place.ts';
import type { SourceFile } from './files/walk.ts';
import { keyOf, reaches, stampOf } from './files-of-window.ts';
import { findExtent } from './find-extent.ts';
import { flushServing } from './flush-serving.ts';
import { LABEL_SLACK_MS, none, readLabels } from './read-labels.ts';

export type DriftSourceOptions = {
  /** Of the serving folders, and of those that posted observations are kept in. */
  servingRoot: string;
  observationsRoot: string;
  /** What `file:` locations are relative to. */
  dataRoot: string;
  /** Profiles that were made, and copies of objects while they are read. May be shared and may be deleted. */
  cacheFolder: string;
  s3?: S3Options & SpoolLimits;
  /** Of the cache: default 2 GiB, and 90 days without use. */
  limits?: Partial<CacheLimits>;
  /** Makes everything that was posted to a monitor readable. */
  flushObservations?: Observations['flush'];
  /** Removes what was posted to a monitor and is not needed; without it all of it stays. */
  pruneObservations?: Observations['prune'];
};

type SheetRead = {
  place: Place;
  spans: KnownSpans;
  key: string;
  reference: ReferenceProfile;
  model: Model;
  windowMs: number;
  sheet: Span;
  part: Span;
};

/** Another process may put together, and sweep away, what was just made. */
const MOST_TRIES = 20;
const RETRY_MS = 3_600_000;
const SWEEP_MS = 3_600_000;
/** Of what is kept of a file: another one is made anew. The database's hashes and casts are its version's. */
const FORMAT = 3;

/**
 * Reads production from the logs of our own inference servers, from observations that were posted, and from files in
 * folders and buckets. Each file is profiled once on a reference; what it says of a window is added up from then on.
 */
export function createDriftSource(options: DriftSourceOptions): DriftSource {
  const folder = path.resolve(options.cacheFolder);
  const limits = { maxBytes: 2 * 2 ** 30, maxAgeMs: 90 * 86_400_000, ...options.limits };
  const cache = createPartitionCache(path.join(folder, 'profiles'));
  const kept = createKeptRows(path.join(folder, 'rows'));
  const bucketStore = createBucketStores(path.join(folder, 'spool'), options.s3);
  const unreadable = new Set<string>();
  const sound = new Map<string, Map<string, string>>();
  const opened = new Map<string, Promise<KnownSpans>>();
  const reading = new Map<string, Promise<void>>();
  let sweptAt = Date.now();

  /** What could not be read for now is another thing every hour, so that it is looked at again. */
  const again = (file: SourceFile) => unreadable.has(keyOf(file)) && Math.floor(Date.now() / RETRY_MS);

  /** Makes what was logged or posted up to now readable. */
  async function flush({ repository, monitor }: Watched, { folder: log }: Place) {
    if (log === undefined) return;
    if (monitor.source.kind === 'serving') await flushServing(log);
    else await options.flushObservations?.({ repository, monitor: monitor.name });
  }

  async function openSource(watched: Watched) {
    const { monitor, repository } = watched;
    const place = await openPlace(watched, { ...options, bucketStore, scratch: os.tmpdir() });
    const key = digestOf([repository, monitor.source, place.folder ?? '', place.mapping]).slice(7, 39);
    let spans = opened.get(key);
    if (!spans) {
      spans = openKnownSpans(path.join(folder, 'spans'), key);
      opened.set(key, spans);
    }
    return { place, spans: await spans, key };
  }

  function shelvesOf(place: Place, key: string, reference: ReferenceProfile, windowMs: number, sheet: Span): Shelves {
    const scope = digestOf([FORMAT, duckdb(), key, referenceDigest(reference), windowMs, sheet.from]).slice(7, 39);
    return createShelves(cache, scope, place, windowCheck(reference, windowMs));
  }

  async function labelsFor(place: Place, window: Span) {
    // Nobody knows the truth of what has not happened yet.
    const since = window.from - LABEL_SLACK_MS;
    const listed = await place.labels?.list({ from: since, to: Number.POSITIVE_INFINITY });
    const files = (listed?.files ?? []).filter(({ modifiedAt }) => modifiedAt >= since);
    return { files, refused: listed?.refused ?? [] };
  }

  function labelledOf(place: Place, answers: SourceFile[], labels: SourceFile[], window: Span, model: Model) {
    if (!place.labels) return { labelled: none(), malformed: [] };
    const whole = { ...place, labels: place.labels };
    return readLabels({ place: whole, answers, labels, window, model, kept, sound });
  }

  /** What the files say of a part of a sheet; what is not profiled yet is read. */
  async function readSheet({
    place,
    spans,
    key,
    reference,
    model,
    windowMs,
    sheet,
    part,
  }: SheetRead): Promise<Collected> {
    const shelves = shelvesOf(place, key, reference, windowMs, sheet);
    const { files } = await place.files.list(part);
    const how = { reference, model, windowMs, only: sheet };
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const unread = await shelves.fill(files, reaches(part, spans), how, remember(place, spans));
      const collected = await shelves.collect(files, part);
      for (const { file, reason } of unread.filter((one) => mayBeOf(one.file, part))) {
        unreadable.add(keyOf(file));
        collected?.malformed.push({ file: file.uri, reason });
      }
      if (collected) return collected;
    }
    throw new AppError('external/data', 'What is kept of its files is lost again and again');
  }

  /** One at a time reads a source: two would both read what is new. */
  function exclusive<T>(key: string, work: () => Promise<T>): Promise<T> {
    const run = (reading.get(key) ?? Promise.resolve()).then(work);
    const ended = run.then(
      () => undefined,
      () => undefined,
    );
    reading.set(key, ended);
    return run;
  }

  async function sweep() {
    if (Date.now() - sweptAt < SWEEP_MS) return;
    sweptAt = Date.now();
    for (const part of ['profiles', 'rows', 'spans']) await sweepFolder(path.join(folder, part), limits);
  }

  return {
    async extent(watched) {
      const { place, spans } = await openSource(watched);
      await flush(watched, place);
      return findExtent(place, spans);
    },

    async stamp(watched, window) {
      const { place, spans } = await openSource(watched);
      const { files } = await place.files.list(window);
      return stampOf(place, files.filter(reaches(window, spans)), (await labelsFor(place, window)).files, spans, again);
    },

    async observe(watched, window, whole, model) {
      const reference = countedReference(whole, watched.monitor);
      const source = await openSource(watched);
      const { place, spans, key } = source;
      await flush(watched, place);
      const windowMs = gridOf(watched, window);
      const sum = createSum(reference);
      const { files, refused } = await exclusive(key, async () => {
        // Before anything is read: what comes in meanwhile makes another stamp.
        const listed = await place.files.list(window);
        for (const sheet of sheetsOf(window, windowMs, reference)) {
          sum.add(await readSheet({ ...source, reference, model, windowMs, sheet, part: overlap(sheet, window) }));
        }
        return listed;
      });
      await spans.save();
      const { windows, members, malformed: unread, timeless } = sum.found;
      const labels = await labelsFor(place, window);
      const { labelled, malformed } = await labelledOf(place, members, labels.files, window, model);
      await sweep();
      const trouble = [...refused, ...labels.refused].map(({ uri, reason }) => ({ file: uri, reason }));
      return {
        ...window,
        ...seenIn(windows, sum.profile),
        labelled,
        malformed: [...trouble, ...unread, ...malformed].sort((a, b) => (a.file < b.file ? -1 : 1)),
        timeless,
        stamp: stampOf(place, files.filter(reaches(window, spans)), labels.files, spans, again),
      };
    },

    async pending(watched, window, whole) {
      const reference = countedReference(whole, watched.monitor);
      const { place, spans, key } = await openSource(watched);
      // What our own servers write is on this machine only.
      if (place.folder !== undefined) return [];
      const windowMs = gridOf(watched, window);
      const found = new Map<string, PendingPartition>();
      for (const sheet of sheetsOf(window, windowMs, reference)) {
        const part = overlap(sheet, window);
        const { files } = await place.files.list(part);
        const missing = await shelvesOf(place, key, reference, windowMs, sheet).missing(files, reaches(part, spans));
        for (const { uri, stamp, bytes } of missing) found.set(uri, { uri, stamp, bytes });
      }
      return [...found.values()];
    },

    async accept(watched, window, whole, partitions) {
      const reference = countedReference(whole, watched.monitor);
      const { place, spans, key } = await openSource(watched);
      const windowMs = watched.monitor.windowSeconds * 1000;
      for (const partition of partitions) {
        const profile = parsePartition(partition, reference, windowMs);
        // What is none stays pending.
        if (profile === undefined) continue;
        for (const [sheet, part] of splitBySheet(profile, window, reference)) {
          await shelvesOf(place, key, reference, windowMs, sheet).put(part);
        }
        remember(place, spans)(fileOf(profile), edgesOf(profile));
      }
      await spans.save();
    },

    async prune({ repository, monitor }, needed, now) {
      if (monitor.source.kind !== 'observations') return undefined;
      return options.pruneObservations?.({ repository, monitor: monitor.name }, needed, now);
    },
  };
}

/** Windows of the monitor where the span consists of them, else the largest ones that it consists of. */
function gridOf({ monitor }: Watched, { from, to }: Span): number {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
  return gcd(gcd(monitor.windowSeconds * 1000, Math.abs(from)), Math.abs(to));
}

/** What was looked up to the moment stays. Of our own logs the paths say enough. */
function remember({ files }: Place, spans: KnownSpans): KnownSpans['set'] {
  return (file, edges) => {
    if (!files.exact && spans.get(file) === undefined) spans.set(file, edges);
  };
}

const digests = new WeakMap<ReferenceProfile, string>();

function referenceDigest(reference: ReferenceProfile): string {
  const known = digests.get(reference) ?? digestOf(reference);
  digests.set(reference, known);
  return known;
}

function overlap(a: Span, b: Span): Span {
  return { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) };
}

function seenIn(
  windows: SeenWindow[],
  profile: WindowObservation['profile'],
): Pick<WindowObservation, 'profile' | 'duplicates' | 'newest'> {
  const newest = windows.reduce((latest, window) => Math.max(latest, window.newest), Number.NEGATIVE_INFINITY);
  return {
    profile,
    duplicates: windows.reduce((sum, { duplicates = 0 }) => sum + duplicates, countRepeated(windows)),
    ...(Number.isFinite(newest) && { newest }),
  };
}
