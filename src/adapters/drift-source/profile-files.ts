import { mkdtemp, open, rm } from 'node:fs/promises';
import path from 'node:path';
import type { PartitionProfile, PartitionWindow, ReferenceProfile } from '../../domain/drift/profile.ts';
import { AppError } from '../../domain/errors.ts';
import type { Model } from '../../domain/spec/valid.ts';
import type { Span } from '../../ports/drift-source.ts';
import type { Files, Place } from './files/open-place.ts';
import { pathColumns } from './files/path-span.ts';
import type { SourceFile } from './files/walk.ts';
import { ID_SAMPLE } from './id-sample.ts';
import { profilePartition } from './profile-partition.ts';
import { openRows } from './rows/open-rows.ts';
import { repeatingColumns } from './rows/repeating-columns.ts';
import { mappedColumns, type SourceRows } from './rows/source-rows.ts';
import { parquetColumns, transcode, type WantedColumns } from './rows/transcode.ts';
import { type Session, withSession } from './session.ts';
import { windowsInSheet } from './windows-in-sheet.ts';

/** What profiles are made on and how; `only`: windows of that span. */
export type Profiling = { place: Place; reference: ReferenceProfile; model: Model; windowMs: number; only?: Span };

/** Files that were profiled together. */
export type Profiled = {
  members: SourceFile[];
  profile: PartitionProfile;
  /** It could not be read for now, by no fault of its own: another look may help. */
  isPassing?: true;
};

/** A file that cannot be read so soon after it was written may be half there. */
const YOUNG_MS = 60_000;

/**
 * Profiles files, those of one schema together. A file that cannot be read answers with the reason; one that is still
 * being written, or changed meanwhile, does not answer at all. Throws when the place itself cannot be reached.
 */
export async function profileFiles(files: SourceFile[], profiling: Profiling): Promise<Profiled[]> {
  if (files.length > 1) {
    try {
      return await profileTogether(files, profiling);
    } catch (error) {
      // One of them is to blame: alone, each tells.
      if (isOfThePlace(error)) throw error;
      return eachAlone(files, profiling);
    }
  }
  const [file] = files;
  return (file && (await profileOne(file, profiling))) ?? [];
}

async function eachAlone(files: SourceFile[], profiling: Profiling): Promise<Profiled[]> {
  const found: Profiled[] = [];
  for (const file of files) found.push(...(await profileFiles([file], profiling)));
  return found;
}

async function profileOne(file: SourceFile, profiling: Profiling): Promise<Profiled[]> {
  const { place, windowMs } = profiling;
  try {
    const profile = await readFile(file, place.files, wantedOf(profiling), (session, parquet) =>
      profileRows(session, [file], parquet, profiling),
    );
    return [{ members: [file], profile }];
  } catch (error) {
    const reason = reasonOf(error);
    // A part of an object cannot be seen.
    if (reason === undefined || (isYoung(file) && !place.files.store.remote)) return [];
    const { uri, stamp } = file;
    const profile: PartitionProfile = { version: 1, uri, stamp, windowMs, windows: [], timeless: 0, malformed: reason };
    return [{ members: [file], profile, ...(isPassing(error) && { isPassing: true }) }];
  }
}

/** Opens a file as Parquet, whatever it is, for as long as the work takes. AppError conflict/stale: not now. */
export async function readFile<T>(
  file: SourceFile,
  files: Pick<Files, 'store' | 'format' | 'scratch'>,
  wanted: WantedColumns,
  work: (session: Session, parquet: string[]) => Promise<T>,
): Promise<T> {
  const { store, format, scratch } = files;
  return store.use(file, async (local) => {
    if (!store.remote && isYoung(file) && (await isUnfinished(local, format))) {
      throw new AppError('conflict/stale', `${file.path} is being written`);
    }
    const folder = await mkdtemp(path.join(scratch, 'sluice-rows-'));
    try {
      return await withSession(async (session) =>
        work(session, await transcode(session, local, format, wanted, folder)),
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

async function profileTogether(files: SourceFile[], profiling: Profiling): Promise<Profiled[]> {
  const { store } = profiling.place.files;
  return useAll(files, store, (locals) =>
    withSession(async (session) => {
      const groups = new Map<string, number[]>();
      for (const [i, local] of locals.entries()) {
        const columns = [...(await parquetColumns(session, [local])), ...pathColumns(files[i]!.path)];
        // A file that is reached in two ways is two files; read together they would be each other's duplicates.
        const earlier = locals.slice(0, i).filter((one) => one === local).length;
        const key = JSON.stringify([columns, earlier]);
        groups.set(key, [...(groups.get(key) ?? []), i]);
      }
      const found: Profiled[] = [];
      for (const group of groups.values()) {
        const members = group.map((i) => files[i]!);
        const parquet = group.map((i) => locals[i]!);
        found.push({ members, profile: await profileRows(session, members, parquet, profiling) });
      }
      return found;
    }),
  );
}

function useAll<T>(
  files: SourceFile[],
  store: Files['store'],
  work: (locals: string[]) => Promise<T>,
  locals: string[] = [],
): Promise<T> {
  const file = files[locals.length];
  if (file === undefined) return work(locals);
  return store.use(file, (local) => useAll(files, store, work, [...locals, local]));
}

async function profileRows(
  session: Session,
  members: SourceFile[],
  parquet: string[],
  { place, reference, model, windowMs, only }: Profiling,
): Promise<PartitionProfile> {
  const [first] = members;
  const input = {
    files: parquet,
    several: members.length > 1,
    constants: pathColumns(first!.path),
    writtenAt: Math.max(...members.map(({ modifiedAt }) => modifiedAt)),
    inputs: inputsOf(reference, model),
  };
  const rows = await openRows(session, input, place.mapping, model, place.required);
  const repeating = await repeatingColumns(session, parquet);
  const profile = await profilePartition({
    session,
    relation: rows.relation,
    uri: first!.uri,
    stamp: first!.stamp,
    columns: {
      nameOf: (column) => `in_${column}`,
      prediction: 'prediction',
      confidence: 'confidence',
      version: 'version',
      latency: 'latency_ms',
      error: 'error',
    },
    timestamp: 'epoch_ms("at")',
    isRepeating: (column) => repeating.has(`${place.mapping.inputs}${column.slice('in_'.length)}`),
    ...(only && { only }),
    windowMs,
    reference,
    model,
  });
  const duplicates = await rows.superseded(windowMs);
  const ids = await sampleIds(profile.windows, rows, windowMs, windowsInSheet(reference, windowMs));
  const windows = profile.windows.map((window) => {
    const [twice, its] = [duplicates.get(window.from), ids.get(window.from)];
    return { ...window, ...(twice !== undefined && { duplicates: twice }), ...(its && { ids: its }) };
  });
  return { ...profile, windows };
}

/**
 * Of the answered rows' ids, by window. `together`: of so many windows at once, since the samples of all that a file may
 * have do not fit into memory.
 */
async function sampleIds(
  windows: PartitionWindow[],
  { session, relation, columns }: SourceRows,
  windowMs: number,
  together: number,
): Promise<Map<number, string[]>> {
  const ids = new Map<number, string[]>();
  if (!columns.has('id')) return ids;
  const answered = columns.has('error') ? ' AND error IS NULL' : '';
  for (let start = 0; start < windows.length; start += together) {
    const some = windows.slice(start, start + together);
    const found = await session.query(
      `SELECT w, list_transform(sample, x -> printf('%016x', x)) AS ids
       FROM (SELECT floor(epoch_ms("at") / ${windowMs}) AS w, min(hash(id), ${ID_SAMPLE}) AS sample FROM ${relation}
             WHERE id IS NOT NULL${answered} AND epoch_ms("at") >= ${some[0]!.from} AND epoch_ms("at") < ${some.at(-1)!.from + windowMs}
             GROUP BY w)`,
    );
    for (const { w, ids: its } of found) ids.set(Number(w) * windowMs, its as string[]);
  }
  return ids;
}

function wantedOf({ place: { mapping, required }, model, reference }: Profiling): WantedColumns {
  const inputs = model.signature.inputs.filter(({ type }) => type === 'string');
  const named = inputs.map(({ column }) => `${mapping.inputs}${column}`);
  const texts = [...named, ...[mapping.id, mapping.version].filter((name) => name !== undefined)];
  const measured = [...inputsOf(reference, model)].map((column) => `${mapping.inputs}${column}`);
  return { columns: [...mappedColumns(mapping), ...required, ...measured], texts };
}

/** Columns of the data that a profile on the reference is about. */
function inputsOf(reference: ReferenceProfile, model: Model): Set<string> {
  const measured = reference.columns.flatMap(({ measure }) =>
    measure.of === 'reconstruction' ? measure.columns.map(({ column }) => column) : [measure.column],
  );
  const inputs = model.signature.inputs.map(({ column }) => column);
  return new Set([...measured, ...reference.groups.map(({ by }) => by), ...inputs]);
}

export function isYoung({ modifiedAt }: SourceFile): boolean {
  // One from the future is as much older as the clock of its writer is wrong.
  return Math.abs(Date.now() - modifiedAt) < YOUNG_MS;
}

async function isUnfinished(local: string, format: Files['format']): Promise<boolean> {
  if (format !== 'csv' && format !== 'jsonl') return false;
  if (local.endsWith('.gz')) return false;
  const handle = await open(local, 'r');
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    await handle.read(last, 0, 1, Math.max(0, size - 1));
    return last[0] !== 0x0a;
  } finally {
    await handle.close();
  }
}

/** What a report says of a file; undefined: nothing, it is looked at again. Throws what is no fault of the file. */
export function reasonOf(error: unknown): string | undefined {
  if (isOfThePlace(error)) throw error;
  if (error instanceof AppError && error.code === 'conflict/stale') return undefined;
  const text = error instanceof Error ? error.message : String(error);
  if (/^Out of Memory/i.test(text)) return 'it takes more memory to read than there is: write it in smaller parts';
  // The file's own name is in front of it already, and the folder is nobody's business.
  return text
    .split('\n')[0]!
    .replace(/["']?(\/[^\s"']+)+["']?/g, 'the file')
    .slice(0, 200);
}

/** Of the disk or the rights, not of what is in the file. */
export function isPassing(error: unknown): boolean {
  const { code, message = '' } = (error ?? {}) as { code?: unknown; message?: string };
  return /^(EACCES|EPERM|EIO|ENOENT|ESTALE)$/.test(String(code)) || /^IO Error/.test(message);
}

/** Neither another look nor another file helps: storage, credentials. */
function isOfThePlace(error: unknown): boolean {
  if (error instanceof AppError) return error.family !== 'conflict' && error.code !== 'config/data-invalid';
  const text = error instanceof Error ? error.message : '';
  return /No space left|Too many open files/i.test(text);
}
