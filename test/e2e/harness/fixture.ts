import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

export type Files = Record<string, string>;

export const PROJECT = path.resolve(import.meta.dirname, '../../..');

/** The files of a folder below `fixtures/`, by path. */
export async function readFixture(name: string): Promise<Files> {
  const root = path.join(PROJECT, 'fixtures', name);
  const files: Files = {};
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    files[path.relative(root, file)] = await readFile(file, 'utf8');
  }
  return files;
}

export const pick = (files: Files, wanted: (path: string) => boolean): Files =>
  Object.fromEntries(Object.entries(files).filter(([file]) => wanted(file)));
