import type { PullIssue } from '../find.ts';
import { type GitCommit, readCommits } from '../git/commits.ts';
import { mergeTrees } from '../git/merge-trees.ts';
import { moveRef } from '../git/refs.ts';
import { type Signature, writeCommit } from '../git/write-commit.ts';
import { HttpError } from '../http-error.ts';
import { emailOf } from '../objects/commit.ts';
import type { Repository } from '../state.ts';
import { exclusively, type World } from '../world.ts';
import { markMerged } from './mark-merged.ts';
import { beforeMerge, type PullFacts, pullFacts } from './pull-facts.ts';
import { refsMoved } from './refs-moved.ts';

export type MergeMethod = 'merge' | 'squash' | 'rebase';

export type MergeRequest = {
  method: MergeMethod;
  title: string | undefined;
  message: string | undefined;
  /** What the head must be for the merge to happen. */
  sha: string | undefined;
  login: string;
};

const notMergeable = (): HttpError => new HttpError(405, 'Pull Request is not mergeable');

const github: Signature = { name: 'GitHub', email: 'noreply@github.com' };

const treeOf = async (gitDir: string, base: string, head: string): Promise<string> => {
  const tree = await mergeTrees(gitDir, base, head);
  if (!tree) throw notMergeable();
  return tree;
};

/** The commit's change against its parent, applied to the tip: a merge whose base is made to be the parent. */
const pickedTree = async (gitDir: string, commit: GitCommit, tip: string): Promise<string> => {
  const parent = commit.parents[0];
  if (!parent || parent === tip) return commit.tree;
  const standIn = (tree: string, parents: string[]): Promise<string> =>
    writeCommit(gitDir, { tree, parents, message: 'Stand-in', author: github });
  const base = await standIn(`${parent}^{tree}`, []);
  const [ours, theirs] = await Promise.all([standIn(`${tip}^{tree}`, [base]), standIn(commit.tree, [base])]);
  return treeOf(gitDir, ours, theirs);
};

/** Replays the commits one by one on the base branch's tip. */
const rebased = async (gitDir: string, facts: PullFacts): Promise<string> => {
  let tip = facts.baseTip;
  for (const commit of await readCommits(gitDir, facts.commits)) {
    if (commit.parents.length > 1) throw new HttpError(405, "This branch can't be rebased");
    const tree = await pickedTree(gitDir, commit, tip);
    const { message, author } = commit;
    tip = await writeCommit(gitDir, { tree, parents: [tip], message, author, committer: github });
  }
  return tip;
};

const newTip = async (
  world: World,
  repository: Repository,
  issue: PullIssue,
  facts: PullFacts,
  request: MergeRequest,
): Promise<string> => {
  const { gitDir } = repository;
  const author: Signature = { name: request.login, email: emailOf(world.state, request.login) };
  if (request.method === 'rebase') return rebased(gitDir, facts);
  const tree = await treeOf(gitDir, facts.baseTip, issue.pull.headSha);
  const write = (parents: string[], title: string, text: string): Promise<string> => {
    const message = `${request.title ?? title}\n\n${request.message ?? text}`.trimEnd();
    return writeCommit(gitDir, { tree, parents, message, author, committer: github });
  };
  if (request.method === 'squash') {
    const commits = await readCommits(gitDir, facts.commits);
    const text = commits.length > 1 ? commits.map((commit) => `* ${commit.message}`).join('\n\n') : '';
    return write([facts.baseTip], `${issue.title} (#${issue.number})`, text);
  }
  const from = `${repository.owner}/${issue.pull.headRef}`;
  return write([facts.baseTip, issue.pull.headSha], `Merge pull request #${issue.number} from ${from}`, issue.title);
};

/** Merges a pull request and gives the base branch's new tip; 405 when it cannot be, 409 when the head is another. */
export const mergePull = (
  world: World,
  repository: Repository,
  issue: PullIssue,
  request: MergeRequest,
): Promise<string> =>
  exclusively(world, `refs ${repository.id}`, async () => {
    if (issue.state === 'closed' || issue.pull.draft) throw notMergeable();
    if (request.sha && request.sha !== issue.pull.headSha) {
      throw new HttpError(409, 'Head branch was modified. Review and try the merge again.');
    }
    const facts = await pullFacts(world, repository, issue);
    if (!facts.mergeable) throw notMergeable();
    const sha = await newTip(world, repository, issue, facts, request);
    const ref = `refs/heads/${issue.pull.baseRef}`;
    beforeMerge.set(issue, facts.baseTip);
    try {
      if (!(await moveRef(repository.gitDir, ref, sha, facts.baseTip))) {
        throw new HttpError(405, 'Base branch was modified. Review and try the merge again.');
      }
      await markMerged(world, repository, issue, { sha, baseBefore: facts.baseTip, sender: request.login });
    } finally {
      beforeMerge.delete(issue);
    }
    await refsMoved(world, repository, [{ ref, before: facts.baseTip, after: sha }], request.login);
    return sha;
  });
