import { createHash } from 'node:crypto';
import { lstat, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../domain/errors.ts';
import type { TreeEntry } from '../domain/fingerprint/code-files.ts';
import { fields, git } from './git.ts';

/** The files of a commit, or of the folder as it lies there, with what it takes to read them. */
export type FileTree = {
  entries: TreeEntry[];
  /** Texts by path; a path that is not there is absent. */
  read(paths: readonly string[]): Promise<Map<string, string>>;
};

/**
 * The folder as a commit of now would hold it: tracked and new files, without ignored ones. The folder may lie below the
 * root of its repository; paths are relative to the folder. Throws config/invalid-input where there is no repository.
 */
export async function readWorkTree(folder: string): Promise<FileTree> {
  const staged = parseEntries(await git(folder, ['ls-files', '-s', '-z']), /^(\d+) ([0-9a-f]+) \d\t(.*)$/s);
  const changed = fields(await git(folder, ['diff-files', '--name-only', '--relative', '-z']));
  const added = fields(await git(folder, ['ls-files', '--others', '--exclude-standard', '-z']));
  const entries = new Map(staged.map((entry) => [entry.path, entry]));
  for (const file of changed) entries.delete(file);
  for (const entry of await hashFiles(folder, [...new Set([...changed, ...added])])) entries.set(entry.path, entry);
  return {
    entries: [...entries.values()],
    read: async (paths) => {
      const there = paths.filter((file) => entries.has(file));
      const texts = await Promise.all(there.map((file) => readFile(path.join(folder, file), 'utf8')));
      return new Map(there.map((file, index) => [file, texts[index]!]));
    },
  };
}

/** The folder as a commit holds it. */
export async function readCommit(folder: string, sha: string): Promise<FileTree> {
  const entries = parseEntries(await git(folder, ['ls-tree', '-r', '-z', sha]), /^(\d+) blob ([0-9a-f]+)\t(.*)$/s);
  const blobs = new Map(entries.map((entry) => [entry.path, entry.sha]));
  return {
    entries,
    read: async (paths) => {
      const there = paths.filter((file) => blobs.has(file));
      const texts = await readBlobs(
        folder,
        there.map((file) => blobs.get(file)!),
      );
      return new Map(there.map((file, index) => [file, texts[index]!]));
    },
  };
}

function parseEntries(output: Buffer, pattern: RegExp): TreeEntry[] {
  return fields(output).flatMap((line) => {
    const match = pattern.exec(line);
    return match ? [{ mode: match[1]!, sha: match[2]!, path: match[3]! }] : [];
  });
}

async function hashFiles(folder: string, paths: readonly string[]): Promise<TreeEntry[]> {
  const found = await Promise.all(
    paths.map(async (file) => ({ path: file, stat: await lstat(path.join(folder, file)).catch(() => undefined) })),
  );
  const links = found.filter(({ stat }) => stat?.isSymbolicLink());
  const files = found.filter(({ stat, path: file }) => stat?.isFile() && !file.includes('\n'));
  // By git, which knows of line ends and filters. It writes nothing without -w. It reads the list at the root of its
  // repository, whatever folder it is started in.
  const prefix = files.length === 0 ? '' : (await git(folder, ['rev-parse', '--show-prefix'])).toString().slice(0, -1);
  const list = files.map(({ path: file }) => `${prefix}${file}\n`).join('');
  const shas =
    files.length === 0 ? [] : (await git(folder, ['hash-object', '--stdin-paths'], list)).toString().split('\n');
  return [
    ...files.map(({ path: file, stat }, index) => ({
      path: file,
      sha: shas[index]!,
      mode: (stat!.mode & 0o100) === 0 ? '100644' : '100755',
    })),
    ...(await Promise.all(links.map(({ path: file }) => linkEntry(folder, file)))),
  ];
}

async function linkEntry(folder: string, file: string): Promise<TreeEntry> {
  const target = Buffer.from(await readlink(path.join(folder, file)));
  const sha = createHash('sha1').update(`blob ${target.length}\0`).update(target).digest('hex');
  return { path: file, sha, mode: '120000' };
}

/** Texts of blobs, in the order asked for, by one process. */
async function readBlobs(folder: string, shas: readonly string[]): Promise<string[]> {
  if (shas.length === 0) return [];
  const output = await git(folder, ['cat-file', '--batch'], shas.map((sha) => `${sha}\n`).join(''));
  let offset = 0;
  return shas.map((sha) => {
    const end = output.indexOf(0x0a, offset);
    const size = Number(/^[0-9a-f]+ blob (\d+)$/.exec(output.subarray(offset, end).toString())?.[1] ?? Number.NaN);
    if (!Number.isInteger(size)) throw new AppError('external/storage', `reading git blob ${sha}: it is not there`);
    offset = end + 1 + size + 1;
    return output.subarray(end + 1, end + 1 + size).toString('utf8');
  });
}
