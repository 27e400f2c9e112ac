import { createComment, deleteComment, editComment, findComment, react } from '../actions/comments.ts';
import { atLeast, findIssue } from '../find.ts';
import { roleOf } from '../http/authorize.ts';
import { integer, requiredText } from '../http/input.ts';
import { listReply } from '../http/paginate.ts';
import { noContent, ok, type Reply, type RepositoryCall, type Route, reads, writes } from '../http/route.ts';
import { forbiddenToApp, HttpError, notFound } from '../http-error.ts';
import { issueCommentObject } from '../objects/issue-comment.ts';
import { reactionObject } from '../objects/reactions.ts';
import type { IssueComment, Reaction } from '../state.ts';
import { doerOf } from './doer.ts';
import { issueOf } from './issues.ts';

const commentOf = (call: RepositoryCall): IssueComment => findComment(call.repository, integer(call.params.id, 0));

const show = (call: RepositoryCall, comment: IssueComment) =>
  issueCommentObject(call.world.state, call.repository, comment);

const since = (call: RepositoryCall): number => Date.parse(call.query.get('since') ?? '') || 0;

const list = (call: RepositoryCall): Promise<Reply> => {
  const number = call.params.number === undefined ? undefined : issueOf(call).number;
  const matching = call.repository.comments.filter(
    (comment) =>
      (number === undefined || comment.issueNumber === number) && Date.parse(comment.updatedAt) >= since(call),
  );
  return listReply(call, matching, (comment) => show(call, comment));
};

/** One's own comment, or anybody's with write access. Apps change only their own. */
const mayChange = (call: RepositoryCall, comment: IssueComment): void => {
  const { login, byApp } = doerOf(call);
  if (comment.author === login) return;
  if (byApp) throw forbiddenToApp();
  if (!atLeast(roleOf(call.world, call.actor, call.repository), 'write'))
    throw new HttpError(403, 'Must have write access.');
};

const create = (call: RepositoryCall): Reply => {
  const { number } = issueOf(call);
  const body = requiredText(call.body, 'body', 'IssueComment');
  const comment = createComment(call.world, call.repository, number, body, doerOf(call));
  const location = String(show(call, comment).url);
  return { status: 201, body: show(call, comment), headers: { location } };
};

const edit = (call: RepositoryCall): Reply => {
  const comment = commentOf(call);
  mayChange(call, comment);
  editComment(call.world, call.repository, comment, requiredText(call.body, 'body', 'IssueComment'), doerOf(call));
  return ok(show(call, comment));
};

const remove = (call: RepositoryCall): Reply => {
  const comment = commentOf(call);
  mayChange(call, comment);
  deleteComment(call.world, call.repository, comment, doerOf(call));
  return noContent();
};

const reactionsOf = (call: RepositoryCall): Reaction[] =>
  call.params.id ? commentOf(call).reactions : findIssue(call.repository, integer(call.params.number, 0)).reactions;

const listReactions = (call: RepositoryCall): Promise<Reply> => {
  const content = call.query.get('content');
  const matching = reactionsOf(call).filter((reaction) => !content || reaction.content === content);
  return listReply(call, matching, (reaction) => reactionObject(call.world.state, reaction));
};

const addReaction = (call: RepositoryCall): Reply => {
  const { reaction, fresh } = react(call.world, reactionsOf(call), call.body.content, doerOf(call).login);
  return { status: fresh ? 201 : 200, body: reactionObject(call.world.state, reaction) };
};

const removeReaction = (call: RepositoryCall): Reply => {
  const reactions = reactionsOf(call);
  const at = reactions.findIndex(
    (reaction) => reaction.id === integer(call.params.reaction, 0) && reaction.login === doerOf(call).login,
  );
  if (at < 0) throw notFound();
  reactions.splice(at, 1);
  return noContent();
};

const perms = ['issues', 'pull_requests'];
const one = '/repos/:owner/:repo/issues/comments/:id';
const many = '/repos/:owner/:repo/issues/:number/comments';

export const commentRoutes: Route[] = [
  { method: 'GET', pattern: '/repos/:owner/:repo/issues/comments', access: reads(...perms), handle: list },
  { method: 'GET', pattern: many, access: reads(...perms), handle: list },
  { method: 'POST', pattern: many, access: writes('read', ...perms), handle: create },
  { method: 'GET', pattern: one, access: reads(...perms), handle: (call) => ok(show(call, commentOf(call))) },
  { method: 'PATCH', pattern: one, access: writes('read', ...perms), handle: edit },
  { method: 'DELETE', pattern: one, access: writes('read', ...perms), handle: remove },
  ...[one, '/repos/:owner/:repo/issues/:number'].flatMap((subject): Route[] => [
    { method: 'GET', pattern: `${subject}/reactions`, access: reads(...perms), handle: listReactions },
    { method: 'POST', pattern: `${subject}/reactions`, access: writes('read', ...perms), handle: addReaction },
    {
      method: 'DELETE',
      pattern: `${subject}/reactions/:reaction`,
      access: writes('read', ...perms),
      handle: removeReaction,
    },
  ]),
];
