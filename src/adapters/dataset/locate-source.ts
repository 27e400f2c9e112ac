/** From what a spec says to a file on this machine that the spec is entitled to. */
import { open, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../domain/errors.ts';
import { isAllowedLocation } from '../../domain/spec/location.ts';
import type { Dataset } from '../../domain/spec/valid.ts';

export type Places = {
  /** What `file:` locations are relative to. */
  dataRoot: string;
  /** Checkout that holds repository paths; absent: they cannot be read. */
  checkout?: string;
  /** Prefixes of locations that the base policy allows; absent: all. */
  allow?: string[];
};

/** Absolute real path of the dataset's source file. Links may not lead out of the root. */
export async function locateSource(dataset: Dataset, places: Places): Promise<string> {
  const { uri } = dataset.source;
  const what = `dataset ${dataset.name}`;
  if (places.allow !== undefined && !isAllowedLocation(uri, places.allow)) {
    throw new AppError('config/data-not-allowed', `${what}: ${uri} is not under any location that the policy allows`);
  }
  const { root, relative } = rootOf(uri, places, what);
  if (relative.split('/').includes('..') || path.isAbsolute(relative) || relative.includes('\0') || relative === '') {
    throw new AppError('config/data-not-allowed', `${what}: ${uri} must be a path without ".." below its root`);
  }
  const realRoot = await realpath(root).catch(() => root);
  const real = await realpath(path.join(realRoot, relative)).catch(() => {
    throw new AppError('external/data', `${what}: there is no file at ${uri}`);
  });
  if (!real.startsWith(`${realRoot}${path.sep}`)) {
    throw new AppError('config/data-not-allowed', `${what}: ${uri} is a link that leads out of its root`);
  }
  if (!(await stat(real)).isFile()) throw new AppError('config/data-invalid', `${what}: ${uri} is not a file`);
  if (await isLfsPointer(real)) {
    throw new AppError(
      'config/data-invalid',
      `${what}: ${uri} is a Git LFS pointer; the file itself is not in the checkout`,
    );
  }
  return real;
}

/** Where a location begins on this machine, and the path from there. */
export function rootOf(uri: string, places: Places, what: string): { root: string; relative: string } {
  if (uri.startsWith('file:')) return { root: places.dataRoot, relative: uri.slice('file:'.length) };
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(uri)?.[1];
  if (scheme !== undefined) {
    throw new AppError(
      'config/environment',
      `${what}: ${uri}: this version of Sluice reads file: locations and repository paths, not ${scheme}:`,
    );
  }
  if (places.checkout === undefined) {
    throw new AppError(
      'config/environment',
      `${what}: ${uri} is a path in the repository, and there is no checkout here`,
    );
  }
  return { root: places.checkout, relative: uri };
}

async function isLfsPointer(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const start = Buffer.alloc(64);
    const { bytesRead } = await handle.read(start, 0, start.length, 0);
    return start.subarray(0, bytesRead).toString('latin1').startsWith('version https://git-lfs');
  } finally {
    await handle.close();
  }
}
