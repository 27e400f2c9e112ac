import { findRepository, isPull, type PullIssue } from '../find.ts';
import { listCommits } from '../git/commits.ts';
import { resolveCommit } from '../git/refs.ts';
import { tryGit } from '../git/run-git.ts';
import { HttpError, invalid } from '../http-error.ts';
import type { Repository } from '../state.ts';
import { nextId, now, type World } from '../world.ts';
import { ensureCheckSuite } from './check-suites.ts';
import { type Doer, emitIssue, newIssue, recordEvent } from './issues.ts';
import { bringHead } from './pull-facts.ts';

export type NewPull = {
  title: string;
  body: string | undefined;
  /** Branch, or `owner:branch` for a fork. */
  head: string;
  base: string;
  draft: boolean;
  maintainerCanModify: boolean;
  doer: Doer;
};

const headRepository = (world: World, repository: Repository, head: string): { from: Repository; ref: string } => {
  const colon = head.indexOf(':');
  if (colon < 0) return { from: repository, ref: head };
  const owner = head.slice(0, colon);
  const ref = head.slice(colon + 1);
  if (owner.toLowerCase() === repository.owner.toLowerCase()) return { from: repository, ref };
  const fork =
    world.state.repositories.find((each) => each.owner === owner && each.parentId === repository.id) ??
    findRepository(world.state, owner, repository.name);
  if (!fork) throw invalid('PullRequest', 'head', 'invalid');
  return { from: fork, ref };
};

const branchTip = async (repository: Repository, ref: string, field: string): Promise<string> => {
  const sha = await resolveCommit(repository.gitDir, `refs/heads/${ref}`);
  if (!sha) throw invalid('PullRequest', field, 'invalid');
  return sha;
};

export const openPull = async (world: World, repository: Repository, fields: NewPull): Promise<PullIssue> => {
  const { from, ref } = headRepository(world, repository, fields.head);
  const baseSha = await branchTip(repository, fields.base, 'base');
  const headSha = await branchTip(from, ref, 'head');
  const label = `${from.owner}:${ref}`;
  const same = repository.issues
    .filter(isPull)
    .find(
      ({ state, pull }) =>
        state === 'open' && pull.headRepositoryId === from.id && pull.headRef === ref && pull.baseRef === fields.base,
    );
  if (same) {
    throw new HttpError(422, 'Validation Failed', [
      { resource: 'PullRequest', code: 'custom', message: `A pull request already exists for ${label}.` },
    ]);
  }
  if (from.id !== repository.id) {
    await tryGit(repository.gitDir, ['fetch', '--quiet', '--no-tags', from.gitDir, headSha]);
  }
  const ahead = await listCommits(repository.gitDir, ['--max-count=1', headSha, `^${baseSha}`]);
  if (ahead.length === 0) {
    throw new HttpError(422, 'Validation Failed', [
      { resource: 'PullRequest', code: 'custom', message: `No commits between ${fields.base} and ${label}` },
    ]);
  }
  const issue = newIssue(world, repository, fields) as PullIssue;
  issue.pull = {
    id: nextId(world),
    headRepositoryId: from.id,
    headRef: ref,
    headSha,
    baseRef: fields.base,
    baseSha,
    draft: fields.draft,
    merged: false,
    mergedAt: undefined,
    mergedBy: undefined,
    mergeCommitSha: undefined,
    maintainerCanModify: fields.maintainerCanModify,
    reviews: [],
  };
  await bringHead(world, repository, issue);
  if (from.id !== repository.id) {
    // commits of a fork get their suite here, without a branch of ours
    await ensureCheckSuite(world, repository, {
      sha: headSha,
      before: undefined,
      branch: undefined,
      sender: fields.doer.login,
    });
  }
  await emitIssue(world, repository, issue, 'opened', fields.doer.login);
  return issue;
};

export const setDraft = async (
  world: World,
  repository: Repository,
  issue: PullIssue,
  draft: boolean,
  doer: Doer,
): Promise<void> => {
  if (issue.pull.draft === draft) return;
  issue.pull.draft = draft;
  issue.updatedAt = now();
  const action = draft ? 'converted_to_draft' : 'ready_for_review';
  recordEvent(world, issue, action, doer.login);
  await emitIssue(world, repository, issue, action, doer.login);
};

export const setBase = async (
  world: World,
  repository: Repository,
  issue: PullIssue,
  base: string,
  doer: Doer,
): Promise<void> => {
  const { pull } = issue;
  if (pull.baseRef === base) return;
  const changes = { base: { ref: { from: pull.baseRef }, sha: { from: pull.baseSha } } };
  pull.baseSha = await branchTip(repository, base, 'base');
  pull.baseRef = base;
  issue.updatedAt = now();
  recordEvent(world, issue, 'base_ref_changed', doer.login, { base });
  await emitIssue(world, repository, issue, 'edited', doer.login, { changes });
};
