import type { Span } from '../../../ports/drift-source.ts';
import type { FileStore, Listing, StoredFile } from './file-store.ts';
import type { Glob } from './glob.ts';
import { mayReach, spanOfPath } from './path-span.ts';

/** `span`: what its path says of its rows' times. */
export type SourceFile = StoredFile & { uri: string; span?: Span };

export type Walked = { files: SourceFile[]; refused: { uri: string; reason: string }[] };

const AT_ONCE = 8;

/**
 * Files that match, by path. With a `window` folders whose names say that they lie apart from it are not opened. What a
 * writer has not finished or keeps for itself is passed over: names with `.` or `_` before them, `.tmp`, `.crc` and alike.
 */
export async function walk(store: FileStore, glob: Glob, window?: Span): Promise<Walked> {
  const found: Walked = { files: [], refused: [] };
  let level = [{ folder: glob.base, depth: 0 }];
  while (level.length > 0) {
    const next: typeof level = [];
    for (let start = 0; start < level.length; start += AT_ONCE) {
      const some = level.slice(start, start + AT_ONCE);
      const listings = await Promise.all(some.map(({ folder }) => store.list(folder)));
      listings.forEach((listing, i) => {
        const { depth } = some[i]!;
        next.push(...foldersBelow(listing, glob, depth, window));
        found.files.push(...filesOf(listing, store, glob, window));
        for (const { path, reason } of listing.refused) found.refused.push({ uri: `${store.prefix}${path}`, reason });
      });
    }
    level = next;
  }
  found.files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return found;
}

function foldersBelow(listing: Listing, glob: Glob, depth: number, window: Span | undefined) {
  const wanted = glob.segments[depth];
  const isLast = !glob.deep && depth >= glob.segments.length - 1;
  if (isLast) return [];
  return listing.folders
    .filter((folder) => {
      const name = folder.slice(0, -1).split('/').at(-1)!;
      if (wanted ? !wanted.test(name) : !glob.deep) return false;
      return !isPrivate(name) && (window === undefined || mayReach(spanOfPath(folder), window));
    })
    .map((folder) => ({ folder, depth: depth + 1 }));
}

function filesOf(listing: Listing, store: FileStore, glob: Glob, window: Span | undefined): SourceFile[] {
  return listing.files.flatMap((file) => {
    if (file.bytes === 0 || isPrivate(file.path.split('/').at(-1)!) || !glob.matches(file.path)) return [];
    const span = spanOfPath(file.path);
    if (window !== undefined && !mayReach(span, window)) return [];
    return [{ ...file, uri: `${store.prefix}${file.path}`, ...(span && { span }) }];
  });
}

function isPrivate(name: string): boolean {
  return /^[._]/.test(name) || /(\.(tmp|temp|crc|partial|part|inprogress|swp|lock)|~)$/i.test(name);
}
