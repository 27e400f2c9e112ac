import type { BigIntStats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../domain/errors.ts';
import type { FileStore, Listing, StoredFile } from './file-store.ts';

/** `root` need not be there yet. Links are followed as long as they stay below it. */
export function createLocalStore(root: string, prefix = 'file:'): FileStore {
  const absolute = path.resolve(root);

  /** Path without links, or why it may not be read. */
  async function locate(relative: string): Promise<{ real: string } | { reason: string }> {
    const realRoot = await realpath(absolute).catch(() => absolute);
    const real = await realpath(path.join(realRoot, relative)).catch(() => undefined);
    if (real === undefined) return { reason: 'it is not there' };
    if (real !== realRoot && !real.startsWith(`${realRoot}${path.sep}`)) {
      return { reason: 'it is a link that leads out of its root' };
    }
    return { real };
  }

  async function describe(relative: string): Promise<{ real: string; stats: BigIntStats } | { reason: string }> {
    const place = await locate(relative);
    if ('reason' in place) return place;
    const stats = await stat(place.real, { bigint: true }).catch(() => undefined);
    return stats ? { real: place.real, stats } : { reason: 'it is not there' };
  }

  return {
    prefix,
    remote: false,
    async list(folder) {
      const place = await locate(folder === '' ? '.' : folder);
      const listing: Listing = { folders: [], files: [], refused: [] };
      if ('reason' in place) {
        if (place.reason.includes('link')) listing.refused.push({ path: folder, reason: place.reason });
        return listing;
      }
      const names = await readdir(place.real).catch(unlessMissing);
      for (const name of names.sort()) {
        const relative = `${folder}${name}`;
        const found = await describe(relative);
        if ('reason' in found) {
          // Gone since, or a link to nothing: nobody's data. One that leads out is somebody's.
          if (found.reason.includes('link')) listing.refused.push({ path: relative, reason: found.reason });
        } else if (found.stats.isDirectory()) listing.folders.push(`${relative}/`);
        else if (found.stats.isFile()) listing.files.push(toFile(relative, found.stats));
      }
      return listing;
    },
    async use(file, work) {
      const before = await describe(file.path);
      if ('reason' in before || toFile(file.path, before.stats).stamp !== file.stamp) throw changed(file);
      const result = await work(before.real);
      const after = await describe(file.path);
      if ('reason' in after || toFile(file.path, after.stats).stamp !== file.stamp) throw changed(file);
      return result;
    },
    release: async () => undefined,
  };
}

/** Without the inode: a job on another machine sees the same file by another one. */
function toFile(relative: string, stats: BigIntStats): StoredFile {
  return {
    path: relative,
    stamp: `${stats.size}-${stats.mtimeNs}`,
    bytes: Number(stats.size),
    modifiedAt: Number(stats.mtimeMs),
  };
}

function changed(file: StoredFile): AppError {
  return new AppError('conflict/stale', `${file.path} changed while it was read`);
}

function unlessMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
  throw new AppError('external/data', 'Listing a folder of production data', { cause: error });
}
