/** Newer versions of a file, by what the files beside it are called. */
import { opendir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { compareVersions } from '../../domain/data/compare-versions.ts';
import { newerVersions } from '../../domain/data/newer-versions.ts';
import { AppError } from '../../domain/errors.ts';
import { allowingPrefix, isAllowedLocation } from '../../domain/spec/location.ts';
import type { Dataset } from '../../domain/spec/valid.ts';
import { fileTrouble } from './file-trouble.ts';
import { rootOf } from './locate-source.ts';

/** Of entries and folders that are looked at in one search. */
const MOST_NAMES = 100_000;

type Search = { dataset: Dataset; root: string; base: string; allow: string[]; left: number };

/**
 * Location of the file below the data root whose path is the source's but for greater digits, the greatest. What the
 * policy's prefix spells out is not varied; empty files, and links that lead to what is not allowed, are passed over.
 */
export async function findNewest(
  dataset: Dataset,
  dataRoot: string,
  allow: string[],
  mostNames = MOST_NAMES,
): Promise<string | undefined> {
  const { uri } = dataset.source;
  const prefix = allowingPrefix(uri, allow);
  if (prefix === undefined) {
    throw new AppError('config/data-not-allowed', `${uri} is not under any location that the policy allows`);
  }
  const { root, relative } = rootOf(uri, { dataRoot }, `dataset ${dataset.name}`);
  const fixed = prefix.slice('file:'.length).split('/').filter(Boolean);
  const realRoot = await realpath(root).catch(() => root);
  const base = await realpath(path.join(realRoot, ...fixed)).catch(() => realRoot);
  if (!isBelow(base, realRoot) && base !== realRoot) return undefined;
  const search: Search = { dataset, root: realRoot, base, allow, left: mostNames };
  const found = await alike(search, relative.split('/'), fixed.length);
  for (const name of newerVersions(relative, found)) {
    if (await isWhole(search, name)) return `file:${name}`;
  }
  return undefined;
}

/** Paths that are alike and not older, as their names say: some may be nothing, or no file. */
async function alike(search: Search, segments: string[], fixed: number): Promise<string[]> {
  let found = [''];
  for (const [index, segment] of segments.entries()) {
    if (index < fixed || !/\d/.test(segment)) {
      found = found.map((folder) => join(folder, segment));
      continue;
    }
    const pinned = segments.slice(0, index + 1).join('/');
    const next: string[] = [];
    for (const folder of found) {
      for (const name of await namesIn(search, folder)) {
        const one = join(folder, name);
        // Below an older folder nothing is newer.
        if ((compareVersions(one, pinned) ?? -1) >= 0) next.push(one);
      }
    }
    found = next;
  }
  return found;
}

async function namesIn(search: Search, folder: string): Promise<string[]> {
  const names: string[] = [];
  search.left -= 1;
  const real = await mayLook(search, folder);
  if (real === undefined) return names;
  try {
    for await (const { name } of await opendir(real, { bufferSize: 1024 })) {
      search.left -= 1;
      if (search.left < 0) throw tooMany(search.dataset);
      names.push(name);
    }
  } catch (error) {
    if (/^(ENOENT|ENOTDIR)$/.test((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw fileTrouble(error, `listing file:${folder}`);
  }
  return names;
}

async function isWhole(search: Search, name: string): Promise<boolean> {
  if (!isAllowedLocation(`file:${name}`, search.allow)) return false;
  const real = await mayLook(search, name);
  if (real === undefined) return false;
  return stat(real).then(
    (facts) => facts.isFile() && facts.size > 0,
    () => false,
  );
}

/** Real path of what is below the policy's prefix, or where a link leads to what is allowed by itself. */
async function mayLook({ root, base, allow }: Search, relative: string): Promise<string | undefined> {
  const real = await realpath(path.join(root, relative)).catch(() => undefined);
  if (real === undefined || real === base || isBelow(real, base)) return real;
  const led = path.relative(root, real).split(path.sep).join('/');
  return isBelow(real, root) && isAllowedLocation(`file:${led}`, allow) ? real : undefined;
}

function isBelow(real: string, folder: string): boolean {
  return real.startsWith(folder.endsWith(path.sep) ? folder : `${folder}${path.sep}`);
}

function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

function tooMany({ source, path: spec }: Dataset): AppError {
  return new AppError(
    'config/data-invalid',
    `there are too many names beside ${source.uri} to look through; name the newest file in source.uri of ${spec}, with its sha256`,
  );
}
