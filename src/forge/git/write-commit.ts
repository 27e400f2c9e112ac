import { git } from './run-git.ts';

export type Signature = { name: string; email: string; date?: string };

export type NewCommit = {
  tree: string;
  parents: string[];
  message: string;
  author: Signature;
  committer?: Signature;
};

const signatureEnv = (kind: 'AUTHOR' | 'COMMITTER', signature: Signature): Record<string, string> => ({
  [`GIT_${kind}_NAME`]: signature.name,
  [`GIT_${kind}_EMAIL`]: signature.email,
  ...(signature.date ? { [`GIT_${kind}_DATE`]: signature.date } : {}),
});

export const writeCommit = async (gitDir: string, commit: NewCommit): Promise<string> => {
  const parents = commit.parents.flatMap((parent) => ['-p', parent]);
  const env = {
    ...signatureEnv('AUTHOR', commit.author),
    ...signatureEnv('COMMITTER', commit.committer ?? commit.author),
  };
  return (await git(gitDir, ['commit-tree', commit.tree, ...parents], { input: commit.message, env })).trim();
};

export const writeBlob = async (gitDir: string, content: Buffer): Promise<string> =>
  (await git(gitDir, ['hash-object', '-w', '--stdin'], { input: content })).trim();
