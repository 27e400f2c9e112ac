import { tryGit } from './run-git.ts';

export type TreeEntry = {
  /** From the root of the tree that was listed. */
  path: string;
  mode: string;
  type: 'blob' | 'tree' | 'commit';
  sha: string;
  /** Bytes; undefined for what is not a blob. */
  size: number | undefined;
};

/** Entries of a tree, commit or `SHA:path`; undefined when there is no such tree. */
export const listTree = async (
  gitDir: string,
  treeish: string,
  options: { recursive?: boolean } = {},
): Promise<TreeEntry[] | undefined> => {
  const args = ['ls-tree', '-l', '-z', ...(options.recursive ? ['-r', '-t'] : []), '--end-of-options', treeish];
  const result = await tryGit(gitDir, args);
  if (result.code !== 0) return undefined;
  return result.stdout
    .toString()
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => {
      const [info = '', path = ''] = line.split('\t');
      const [mode = '', type = '', sha = '', size = '-'] = info.split(/ +/);
      return { path, mode, type: type as TreeEntry['type'], sha, size: size === '-' ? undefined : Number(size) };
    });
};
