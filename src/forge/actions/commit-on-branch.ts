import { commitFiles, type FileChanges } from '../git/commit-files.ts';
import { moveRef, noSha, readRef } from '../git/refs.ts';
import type { Signature } from '../git/write-commit.ts';
import type { Repository } from '../state.ts';
import { exclusively, type World } from '../world.ts';
import { refsMoved } from './refs-moved.ts';

export type BranchCommit = FileChanges & {
  branch: string;
  /** What the branch's tip must be; undefined: whatever it is, also nothing. */
  expectedHead: string | undefined;
  /** Branch that a new branch starts at; undefined: a new branch starts empty. */
  startAt?: string;
  message: string;
  author: Signature;
  committer?: Signature;
  login: string;
};

export type CommitOutcome = { done: true; sha: string } | { done: false; reason: 'moved' | 'missing'; head: string };

/** Commits files on top of a branch, unless the branch is not where the caller believes it to be. */
export const commitOnBranch = (world: World, repository: Repository, commit: BranchCommit): Promise<CommitOutcome> =>
  exclusively(world, `refs ${repository.id}`, async () => {
    const name = `refs/heads/${commit.branch}`;
    const current = (await readRef(repository.gitDir, name))?.sha;
    if (commit.expectedHead !== undefined && current !== commit.expectedHead) {
      return { done: false, reason: current ? 'moved' : 'missing', head: current ?? noSha };
    }
    const { gitDir } = repository;
    const start = commit.startAt ? (await readRef(gitDir, `refs/heads/${commit.startAt}`))?.sha : undefined;
    const sha = await commitFiles(gitDir, { ...commit, parent: current ?? start });
    const before = current ?? noSha;
    if (!(await moveRef(gitDir, name, sha, before))) return { done: false, reason: 'moved', head: before };
    await refsMoved(world, repository, [{ ref: name, before, after: sha }], commit.login);
    return { done: true, sha };
  });
