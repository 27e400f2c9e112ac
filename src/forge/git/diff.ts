import { git, lines, tryGit } from './run-git.ts';

export type ChangedFile = {
  path: string;
  previousPath: string | undefined;
  status: 'added' | 'removed' | 'modified' | 'renamed' | 'copied' | 'changed';
  additions: number;
  deletions: number;
  /** Blob at the new side, or of the old one for what was removed. */
  sha: string;
  /** Hunks only, as GitHub gives; undefined for binary and very large files. */
  patch: string | undefined;
};

export const mergeBase = async (gitDir: string, left: string, right: string): Promise<string | undefined> => {
  const result = await tryGit(gitDir, ['merge-base', left, right]);
  return result.code === 0 ? lines(result.stdout.toString())[0] : undefined;
};

const statuses: Record<string, ChangedFile['status']> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  C: 'copied',
  T: 'changed',
};

/** Patches by position in the diff: git prints them in the order of its raw lines. */
const splitPatches = (text: string): (string | undefined)[] =>
  text
    .split(/^(?=diff --git )/m)
    .filter((part) => part.startsWith('diff --git '))
    .map((part) => {
      const hunks = part.indexOf('\n@@ ');
      const patch = hunks < 0 ? undefined : part.slice(hunks + 1).replace(/\n$/, '');
      return patch && patch.length > 400_000 ? undefined : patch;
    });

const countLines = (patch: string | undefined, sign: '+' | '-'): number =>
  patch ? patch.split('\n').filter((line) => line.startsWith(sign)).length : 0;

/** What changed between two commits or trees, by path, renames detected. */
export const diffFiles = async (gitDir: string, from: string, to: string): Promise<ChangedFile[]> => {
  const common = ['diff-tree', '-r', '-M', '--no-commit-id', '--full-index'];
  const [raw, patches] = await Promise.all([
    git(gitDir, [...common, '--raw', '-z', from, to]),
    git(gitDir, [...common, '-p', from, to]),
  ]);
  const hunks = splitPatches(patches);
  const fields = raw.split('\0').filter((field) => field !== '');
  const files: ChangedFile[] = [];
  for (let at = 0; at < fields.length; ) {
    const [, , oldSha = '', newSha = '', letter = 'M'] = fields[at]!.split(' ');
    const twoPaths = letter.startsWith('R') || letter.startsWith('C');
    const patch = hunks[files.length];
    files.push({
      path: fields[at + (twoPaths ? 2 : 1)] ?? '',
      previousPath: twoPaths ? fields[at + 1] : undefined,
      status: statuses[letter[0]!] ?? 'changed',
      additions: countLines(patch, '+'),
      deletions: countLines(patch, '-'),
      sha: letter === 'D' ? oldSha : newSha,
      patch,
    });
    at += twoPaths ? 3 : 2;
  }
  return files;
};
