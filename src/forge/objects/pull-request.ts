import { pullFacts } from '../actions/pull-facts.ts';
import { type PullIssue, repositoryById } from '../find.ts';
import type { Repository } from '../state.ts';
import { nodeId, type World } from '../world.ts';
import { authorAssociation } from './author-association.ts';
import { labelObject, labelsOfIssue } from './label.ts';
import { repositoryObject } from './repository.ts';
import { repositoryApiUrl, repositoryHtmlUrl } from './urls.ts';
import { userObject } from './user.ts';

const side = (world: World, repository: Repository, ref: string, sha: string): Record<string, unknown> => ({
  label: `${repository.owner}:${ref}`,
  ref,
  sha,
  user: userObject(world.state, repository.owner),
  repo: repositoryObject(world.state, repository),
});

/** What lists of pull requests show. */
export const pullRequestSimpleObject = (
  world: World,
  repository: Repository,
  issue: PullIssue,
): Record<string, unknown> => {
  const { state } = world;
  const { pull } = issue;
  const api = repositoryApiUrl(state, repository);
  const url = `${api}/pulls/${issue.number}`;
  const issueUrl = `${api}/issues/${issue.number}`;
  const html = `${repositoryHtmlUrl(state, repository)}/pull/${issue.number}`;
  const assignees = issue.assignees.map((login) => userObject(state, login));
  const urls = {
    html_url: html,
    issue_url: issueUrl,
    comments_url: `${issueUrl}/comments`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${api}/pulls/comments{/number}`,
    commits_url: `${url}/commits`,
    statuses_url: `${api}/statuses/${pull.headSha}`,
  };
  return {
    url,
    id: pull.id,
    node_id: nodeId('PullRequest', issue.id),
    ...urls,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    number: issue.number,
    state: issue.state,
    locked: issue.locked,
    title: issue.title,
    user: userObject(state, issue.author),
    body: issue.body ?? null,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt ?? null,
    merged_at: pull.mergedAt ?? null,
    merge_commit_sha: pull.mergeCommitSha ?? null,
    assignee: assignees[0] ?? null,
    assignees,
    requested_reviewers: [],
    requested_teams: [],
    labels: labelsOfIssue(repository, issue).map((label) => labelObject(state, repository, label)),
    milestone: null,
    draft: pull.draft,
    head: side(world, repositoryById(state, pull.headRepositoryId), pull.headRef, pull.headSha),
    base: side(world, repository, pull.baseRef, pull.baseSha),
    _links: {
      self: { href: url },
      html: { href: urls.html_url },
      issue: { href: urls.issue_url },
      comments: { href: urls.comments_url },
      review_comments: { href: urls.review_comments_url },
      review_comment: { href: urls.review_comment_url },
      commits: { href: urls.commits_url },
      statuses: { href: urls.statuses_url },
    },
    author_association: authorAssociation(state, repository, issue.author),
    auto_merge: null,
    active_lock_reason: null,
  };
};

/** The answer of `GET /repos/{owner}/{repo}/pulls/{number}`, which payloads carry too. */
export const pullRequestObject = async (
  world: World,
  repository: Repository,
  issue: PullIssue,
): Promise<Record<string, unknown>> => {
  const facts = await pullFacts(world, repository, issue);
  const clean = issue.pull.draft ? 'draft' : 'clean';
  const mergeable = facts.mergeable ?? null;
  return {
    ...pullRequestSimpleObject(world, repository, issue),
    merged: issue.pull.merged,
    mergeable,
    rebaseable: mergeable,
    mergeable_state: mergeable === null ? 'unknown' : mergeable ? clean : 'dirty',
    merged_by: issue.pull.mergedBy ? userObject(world.state, issue.pull.mergedBy) : null,
    comments: repository.comments.filter((comment) => comment.issueNumber === issue.number).length,
    review_comments: 0,
    maintainer_can_modify: issue.pull.maintainerCanModify,
    commits: facts.commits.length,
    additions: facts.files.reduce((sum, file) => sum + file.additions, 0),
    deletions: facts.files.reduce((sum, file) => sum + file.deletions, 0),
    changed_files: facts.files.length,
  };
};
