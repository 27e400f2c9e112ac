import type { Span } from '../../../ports/drift-source.ts';
import type { FileStore, Listing, StoredFile } from './file-store.ts';
import type { Glob } from './glob.ts';
import { mayReach, spanOfPath } from './path-span.ts';

/** `span`: what its path says of its rows' times. */
export type SourceFile = StoredFile & { uri: string; span?: Span };

export type Walked = { files: SourceFile[]; refused: { uri: string; reason: string }[] };

const AT_ONCE = 8;
/** Rows lie in the folder of their local day, and may come a little after its end. */
const SLACK_MS = 86_400_000;
const DAY_MS = 86_400_000;

export type WalkOptions = {
  window?: Span;
  /** What a path says of its rows' times is true to the moment; else it is with a day of slack on either side. */
  exact?: boolean;
};

/**
 * Files that match, by path. With a `window` folders whose names say that they lie apart from it are not opened. What a
 * writer has not finished or keeps for itself is passed over: names with `.` or `_` before them, `.tmp`, `.crc` and alike.
 */
export async function walk(store: FileStore, glob: Glob, options: WalkOptions = {}): Promise<Walked> {
  const { window, exact = false } = options;
  return descend(
    store,
    glob,
    (path) => window === undefined || mayReach(spanOfPath(path), window, exact ? 0 : SLACK_MS),
  );
}

/** The days (or hours) that folders are named after, in order, unopened; and the files that lie outside of such. */
export async function listDays(store: FileStore, glob: Glob): Promise<{ days: Span[]; undated: SourceFile[] }> {
  const days = new Map<number, Span>();
  const { files } = await descend(store, glob, (path) => {
    const span = spanOfPath(path);
    if (span === undefined || span.to - span.from > DAY_MS) return true;
    days.set(span.from, span);
    return false;
  });
  return { days: [...days.values()].sort((a, b) => a.from - b.from), undated: files };
}

async function descend(store: FileStore, glob: Glob, wanted: (path: string) => boolean): Promise<Walked> {
  const found: Walked = { files: [], refused: [] };
  let level = [{ folder: glob.base, depth: 0 }];
  while (level.length > 0) {
    const next: typeof level = [];
    for (let start = 0; start < level.length; start += AT_ONCE) {
      const some = level.slice(start, start + AT_ONCE);
      const listings = await Promise.all(some.map(({ folder }) => store.list(folder)));
      listings.forEach((listing, i) => {
        next.push(...foldersBelow(listing, glob, some[i]!.depth, wanted));
        found.files.push(...filesOf(listing, store, glob, wanted));
        for (const { path, reason } of listing.refused) {
          if (isOfThem(path, glob, some[i]!.depth, wanted))
            found.refused.push({ uri: `${store.prefix}${path}`, reason });
        }
      });
    }
    level = next;
  }
  found.files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return found;
}

/** What is refused may be a file or a folder: whether the pattern asks for it, or for what may be in it. */
function isOfThem(path: string, glob: Glob, depth: number, wanted: (path: string) => boolean): boolean {
  if (path.endsWith('/') || path === '') return true;
  if (isPrivate(path.split('/').at(-1)!)) return false;
  if (glob.matches(path)) return wanted(path);
  const folder = { folders: [`${path}/`], files: [], refused: [] };
  return !/\.[A-Za-z0-9]+$/.test(path) && foldersBelow(folder, glob, depth, wanted).length > 0;
}

function foldersBelow(listing: Listing, glob: Glob, depth: number, wanted: (path: string) => boolean) {
  const pattern = glob.segments[depth];
  const isLast = !glob.deep && depth >= glob.segments.length - 1;
  if (isLast) return [];
  return listing.folders
    .filter((folder) => {
      const name = folder.slice(0, -1).split('/').at(-1)!;
      if (pattern ? !pattern.test(name) : !glob.deep) return false;
      return !isPrivate(name) && wanted(folder);
    })
    .map((folder) => ({ folder, depth: depth + 1 }));
}

function filesOf(listing: Listing, store: FileStore, glob: Glob, wanted: (path: string) => boolean): SourceFile[] {
  return listing.files.flatMap((file) => {
    if (file.bytes === 0 || isPrivate(file.path.split('/').at(-1)!) || !glob.matches(file.path)) return [];
    if (!wanted(file.path)) return [];
    const span = spanOfPath(file.path);
    return [{ ...file, uri: `${store.prefix}${file.path}`, ...(span && { span }) }];
  });
}

function isPrivate(name: string): boolean {
  return /^[._]/.test(name) || /(\.(tmp|temp|crc|partial|part|inprogress|swp|lock)|~)$/i.test(name);
}
