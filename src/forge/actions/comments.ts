import { findIssue } from '../find.ts';
import { HttpError, invalid, notFound } from '../http-error.ts';
import { issueObject } from '../objects/issue.ts';
import { issueCommentObject } from '../objects/issue-comment.ts';
import { isReactionContent } from '../objects/reactions.ts';
import type { IssueComment, Reaction, Repository } from '../state.ts';
import { emit } from '../webhooks/emit.ts';
import { nextId, now, type World } from '../world.ts';
import type { Doer } from './issues.ts';

const longest = 65_536;

const emitComment = (
  world: World,
  repository: Repository,
  comment: IssueComment,
  action: 'created' | 'edited' | 'deleted',
  sender: string,
  extra: Record<string, unknown> = {},
): void => {
  const body = {
    issue: issueObject(world.state, repository, findIssue(repository, comment.issueNumber)),
    comment: issueCommentObject(world.state, repository, comment),
    ...extra,
  };
  emit(world, { event: 'issue_comment', action, repository, sender, body });
};

const checkBody = (body: string): void => {
  if (body.trim() === '') throw invalid('IssueComment', 'body', 'missing_field');
  if (body.length > longest) {
    throw new HttpError(422, 'Validation Failed', [
      {
        resource: 'IssueComment',
        code: 'unprocessable',
        field: 'data',
        message: 'Body is too long (maximum is 65536 characters)',
      },
    ]);
  }
};

export const findComment = (repository: Repository, id: number): IssueComment => {
  const comment = repository.comments.find((each) => each.id === id);
  if (!comment) throw notFound();
  return comment;
};

export const createComment = (
  world: World,
  repository: Repository,
  issueNumber: number,
  body: string,
  doer: Doer,
): IssueComment => {
  const issue = findIssue(repository, issueNumber);
  checkBody(body);
  const at = now();
  const comment: IssueComment = {
    id: nextId(world),
    issueNumber: issue.number,
    author: doer.login,
    byApp: doer.byApp,
    body,
    createdAt: at,
    updatedAt: at,
    reactions: [],
  };
  repository.comments.push(comment);
  issue.updatedAt = at;
  emitComment(world, repository, comment, 'created', doer.login);
  return comment;
};

export const editComment = (
  world: World,
  repository: Repository,
  comment: IssueComment,
  body: string,
  doer: Doer,
): void => {
  checkBody(body);
  const changes = { body: { from: comment.body } };
  comment.body = body;
  comment.updatedAt = now();
  emitComment(world, repository, comment, 'edited', doer.login, { changes });
};

export const deleteComment = (world: World, repository: Repository, comment: IssueComment, doer: Doer): void => {
  emitComment(world, repository, comment, 'deleted', doer.login);
  repository.comments = repository.comments.filter((each) => each !== comment);
};

/** A second reaction of the same kind by the same account is the first one; `fresh` tells. */
export const react = (
  world: World,
  reactions: Reaction[],
  content: unknown,
  login: string,
): { reaction: Reaction; fresh: boolean } => {
  if (!isReactionContent(content)) throw invalid('Reaction', 'content', 'invalid');
  const existing = reactions.find((each) => each.login === login && each.content === content);
  if (existing) return { reaction: existing, fresh: false };
  const reaction: Reaction = { id: nextId(world), login, content, createdAt: now() };
  reactions.push(reaction);
  return { reaction, fresh: true };
};
