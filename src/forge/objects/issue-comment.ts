import { findIssue } from '../find.ts';
import type { ForgeState, IssueComment, Repository } from '../state.ts';
import { nodeId } from '../world.ts';
import { appObject } from './app.ts';
import { authorAssociation } from './author-association.ts';
import { reactionCounts } from './reactions.ts';
import { repositoryApiUrl, repositoryHtmlUrl } from './urls.ts';
import { userObject } from './user.ts';

export const issueCommentObject = (
  state: ForgeState,
  repository: Repository,
  comment: IssueComment,
): Record<string, unknown> => {
  const api = repositoryApiUrl(state, repository);
  const url = `${api}/issues/comments/${comment.id}`;
  const kind = findIssue(repository, comment.issueNumber).pull ? 'pull' : 'issues';
  return {
    id: comment.id,
    node_id: nodeId('IssueComment', comment.id),
    url,
    html_url: `${repositoryHtmlUrl(state, repository)}/${kind}/${comment.issueNumber}#issuecomment-${comment.id}`,
    issue_url: `${api}/issues/${comment.issueNumber}`,
    body: comment.body,
    user: userObject(state, comment.author),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: authorAssociation(state, repository, comment.author),
    performed_via_github_app: comment.byApp ? appObject(state) : null,
    reactions: reactionCounts(url, comment.reactions),
  };
};
