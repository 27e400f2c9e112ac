import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { globToRegex } from './glob.ts';

const walk = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true });
  const nested = await Promise.all(
    entries.map((entry) => {
      const file = path.join(folder, entry.name);
      return entry.isDirectory() ? walk(file) : Promise.resolve([file]);
    }),
  );
  return nested.flat();
};

const isGlob = (text: string): boolean => /[*?[]/.test(text);

type Found = { root: string; files: string[] };

const find = async (pattern: string): Promise<Found> => {
  if (isGlob(pattern)) {
    const parts = pattern.split('/');
    const root = parts.slice(0, parts.findIndex(isGlob)).join('/') || '/';
    const regex = globToRegex(pattern);
    const files = await walk(root).catch(() => [] as string[]);
    return { root, files: files.filter((file) => regex.test(file)) };
  }
  const info = await stat(pattern).catch(() => undefined);
  if (!info) return { root: pattern, files: [] };
  return info.isDirectory()
    ? { root: pattern, files: await walk(pattern) }
    : { root: path.dirname(pattern), files: [pattern] };
};

const commonFolder = (folders: string[]): string => {
  const [first = [], ...rest] = folders.map((folder) => folder.split('/'));
  const same = first.findIndex((part, at) => rest.some((other) => other[at] !== part));
  return (same < 0 ? first : first.slice(0, same)).join('/') || '/';
};

/**
 * The files that the lines of `actions/upload-artifact`'s `path` name (files, folders, globs, `!` leaves out), below the
 * folder that all of the lines share.
 */
export const collectFiles = async (cwd: string, lines: string): Promise<{ root: string; files: string[] }> => {
  const patterns = lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const absolute = (pattern: string): string => path.resolve(cwd, pattern);
  const found = await Promise.all(patterns.filter((each) => !each.startsWith('!')).map((each) => find(absolute(each))));
  const excluded = patterns
    .filter((each) => each.startsWith('!'))
    .map((each) => globToRegex(isGlob(each) ? absolute(each.slice(1)) : `${absolute(each.slice(1))}`));
  const files = [...new Set(found.flatMap((each) => each.files))].filter(
    (file) => !excluded.some((out) => out.test(file)),
  );
  return { root: commonFolder(found.map((each) => each.root)), files: files.sort() };
};
