import type { ForgeState, Issue, Repository } from '../state.ts';
import { nodeId } from '../world.ts';
import { appObject } from './app.ts';
import { authorAssociation } from './author-association.ts';
import { labelObject, labelsOfIssue } from './label.ts';
import { reactionCounts } from './reactions.ts';
import { repositoryApiUrl, repositoryHtmlUrl } from './urls.ts';
import { userObject } from './user.ts';

/** Pull requests are issues too and have a `pull_request` key. */
export const issueObject = (state: ForgeState, repository: Repository, issue: Issue): Record<string, unknown> => {
  const api = repositoryApiUrl(state, repository);
  const url = `${api}/issues/${issue.number}`;
  const html = `${repositoryHtmlUrl(state, repository)}/${issue.pull ? 'pull' : 'issues'}/${issue.number}`;
  const assignees = issue.assignees.map((login) => userObject(state, login));
  return {
    id: issue.id,
    node_id: nodeId(issue.pull ? 'PullRequest' : 'Issue', issue.id),
    url,
    repository_url: api,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: html,
    number: issue.number,
    state: issue.state,
    state_reason: issue.stateReason ?? null,
    title: issue.title,
    body: issue.body ?? null,
    user: userObject(state, issue.author),
    labels: labelsOfIssue(repository, issue).map((label) => labelObject(state, repository, label)),
    assignee: assignees[0] ?? null,
    assignees,
    milestone: null,
    locked: issue.locked,
    active_lock_reason: null,
    comments: repository.comments.filter((comment) => comment.issueNumber === issue.number).length,
    closed_at: issue.closedAt ?? null,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_by: issue.closedBy ? userObject(state, issue.closedBy) : null,
    author_association: authorAssociation(state, repository, issue.author),
    timeline_url: `${url}/timeline`,
    performed_via_github_app: issue.byApp ? appObject(state) : null,
    reactions: reactionCounts(url, issue.reactions),
    ...(issue.pull
      ? {
          draft: issue.pull.draft,
          pull_request: {
            url: `${api}/pulls/${issue.number}`,
            html_url: html,
            diff_url: `${html}.diff`,
            patch_url: `${html}.patch`,
            merged_at: issue.pull.mergedAt ?? null,
          },
        }
      : {}),
  };
};
