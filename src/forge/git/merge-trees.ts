import { lines, tryGit } from './run-git.ts';

/** Tree of merging two commits, or undefined when they are in conflict. Nothing is moved. */
export const mergeTrees = async (gitDir: string, base: string, head: string): Promise<string | undefined> => {
  const result = await tryGit(gitDir, ['merge-tree', '--write-tree', '--no-messages', base, head]);
  if (result.code === 1) return undefined;
  if (result.code !== 0) throw new Error(`git merge-tree: ${result.stderr.trim()}`);
  return lines(result.stdout.toString())[0];
};
