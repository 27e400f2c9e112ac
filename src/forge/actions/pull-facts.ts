import { type PullIssue, repositoryById } from '../find.ts';
import { listCommits } from '../git/commits.ts';
import { type ChangedFile, diffFiles, mergeBase } from '../git/diff.ts';
import { mergeTrees } from '../git/merge-trees.ts';
import { resolveCommit } from '../git/refs.ts';
import { tryGit } from '../git/run-git.ts';
import { writeCommit } from '../git/write-commit.ts';
import type { Repository } from '../state.ts';
import { memoize, type World } from '../world.ts';

export type PullFacts = {
  mergeBase: string;
  /** Oldest first. */
  commits: string[];
  files: ChangedFile[];
  /** Tip of the base branch now. */
  baseTip: string;
  /** Undefined once merged or closed: GitHub no longer tries then. */
  mergeable: boolean | undefined;
};

/** Tip of the base branch before the merge that is being done: on GitHub a merge is one step, nobody sees half of it. */
export const beforeMerge = new WeakMap<PullIssue, string>();

/** Objects of a fork reach the repository through a fetch, as on GitHub, where forks share their objects. */
export const bringHead = async (world: World, repository: Repository, pull: PullIssue): Promise<void> => {
  const ref = `refs/pull/${pull.number}/head`;
  const head = repositoryById(world.state, pull.pull.headRepositoryId);
  if (head.id !== repository.id) {
    await tryGit(repository.gitDir, ['fetch', '--quiet', '--no-tags', head.gitDir, `+${pull.pull.headSha}:${ref}`]);
    return;
  }
  await tryGit(repository.gitDir, ['update-ref', ref, pull.pull.headSha]);
};

const difference = async (gitDir: string, base: string, head: string) => {
  const common = (await mergeBase(gitDir, base, head)) ?? base;
  const [commits, files] = await Promise.all([
    listCommits(gitDir, ['--reverse', head, `^${common}`]),
    diffFiles(gitDir, common, head),
  ]);
  return { mergeBase: common, commits, files };
};

/** Commits, files and mergeability of a pull request, computed by git once per pair of commits. */
export const pullFacts = async (world: World, repository: Repository, issue: PullIssue): Promise<PullFacts> => {
  const { pull } = issue;
  const { gitDir } = repository;
  const known = pull.merged ? pull.baseSha : beforeMerge.get(issue);
  const tip = known ?? (await resolveCommit(gitDir, pull.baseRef)) ?? pull.baseSha;
  const key = `${repository.id} ${tip} ${pull.headSha}`;
  const facts = await memoize(world, `difference ${key}`, () => difference(gitDir, tip, pull.headSha));
  if (pull.merged || issue.state === 'closed') return { ...facts, baseTip: tip, mergeable: undefined };
  const tested = await memoize(world, `test merge ${key}`, async () => {
    const tree = await mergeTrees(gitDir, tip, pull.headSha);
    if (!tree) return undefined;
    const author = { name: 'GitHub', email: 'noreply@github.com' };
    const message = `Merge ${pull.headSha} into ${tip}`;
    const commit = await writeCommit(gitDir, { tree, parents: [tip, pull.headSha], message, author });
    await tryGit(gitDir, ['update-ref', `refs/pull/${issue.number}/merge`, commit]);
    return commit;
  });
  pull.mergeCommitSha = tested;
  return { ...facts, baseTip: tip, mergeable: tested !== undefined };
};
