import type { BigIntStats, Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../domain/errors.ts';
import type { FileStore, Listing, StoredFile } from './file-store.ts';

const AT_ONCE = 64;
const NOT_ALLOWED = 'it is a link to what is not under any location that the policy allows';
const PATTERN = /[*?[\]]/;

/**
 * `root` need not be there yet. Links are followed as long as they stay below it, and to files that are allowed there.
 * `isAllowed`: of a path below the root.
 */
export function createLocalStore(
  root: string,
  prefix = 'file:',
  isAllowed: (relative: string) => boolean = () => true,
): FileStore {
  const absolute = path.resolve(root);

  /** What a path says is looked at by who asks for it; where links lead, here. */
  async function mayBeRead(real: string, relative: string): Promise<boolean> {
    // Most were reached by no link: there are thousands of them.
    if (real === path.join(absolute, relative)) return true;
    const realRoot = await realpath(absolute).catch(() => absolute);
    const led = path.relative(realRoot, real).split(path.sep).join('/');
    return led === relative || isAllowed(led);
  }

  /** Path without links; `reason`: why it may not be read; neither: it is not there. */
  async function locate(relative: string): Promise<{ real?: string; reason?: string }> {
    const realRoot = await realpath(absolute).catch(() => absolute);
    const real = await realpath(path.join(realRoot, relative)).catch(() => undefined);
    if (real === undefined) return {};
    if (real !== realRoot && !real.startsWith(`${realRoot}${path.sep}`)) {
      return { reason: 'it is a link that leads out of its root' };
    }
    // The database would take it for a pattern, and read what else fits.
    if (PATTERN.test(real.slice(realRoot.length))) return { reason: 'its name must not hold *, ?, [ or ]' };
    return { real };
  }

  async function describe(relative: string): Promise<{ real?: string; stats?: BigIntStats; reason?: string }> {
    const place = await locate(relative);
    if (place.real === undefined) return place;
    const stats = await stat(place.real, { bigint: true }).catch(() => undefined);
    if (stats?.isFile() && !(await mayBeRead(place.real, relative))) return { reason: NOT_ALLOWED };
    return stats ? { real: place.real, stats } : {};
  }

  /** Only a link needs to be followed to know where it leads: a log may have thousands of files. */
  async function look(entry: Dirent, relative: string, parent: string): ReturnType<typeof describe> {
    if (entry.isSymbolicLink() || PATTERN.test(entry.name)) return describe(relative);
    if (entry.isDirectory()) return {};
    const real = path.join(parent, entry.name);
    const stats = await stat(real, { bigint: true }).catch(() => undefined);
    // The folder may have been reached by a link.
    if (stats && !(await mayBeRead(real, relative))) return { reason: NOT_ALLOWED };
    return stats ? { stats } : {};
  }

  async function unchanged(file: StoredFile): Promise<string> {
    const { real, stats } = await describe(file.path);
    if (real !== undefined && stats && toFile(file.path, stats).stamp === file.stamp) return real;
    throw new AppError('conflict/stale', `${file.path} changed while it was read`);
  }

  return {
    prefix,
    remote: false,
    async list(folder) {
      const place = await locate(folder === '' ? '.' : folder);
      const listing: Listing = { folders: [], files: [], refused: [] };
      if (place.reason !== undefined) listing.refused.push({ path: folder, reason: place.reason });
      if (place.real === undefined) return listing;
      const entries = await readdir(place.real, { withFileTypes: true }).catch(unlessMissing);
      entries.sort((a, b) => (a.name < b.name ? -1 : 1));
      for (let start = 0; start < entries.length; start += AT_ONCE) {
        const some = entries.slice(start, start + AT_ONCE);
        const found = await Promise.all(some.map((entry) => look(entry, `${folder}${entry.name}`, place.real!)));
        some.forEach((entry, i) => {
          const relative = `${folder}${entry.name}`;
          const { stats, reason } = found[i]!;
          if (reason !== undefined) listing.refused.push({ path: relative, reason });
          else if (entry.isDirectory() || stats?.isDirectory()) listing.folders.push(`${relative}/`);
          else if (stats?.isFile()) listing.files.push(toFile(relative, stats));
        });
      }
      return listing;
    },
    async use(file, work) {
      const local = await unchanged(file);
      const result = await work(local);
      await unchanged(file);
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

function unlessMissing(error: NodeJS.ErrnoException): never[] {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
  throw new AppError('external/data', 'Listing a folder of production data', { cause: error });
}
