import type { Reaction } from '../state.ts';
import { type Html, html } from './html.ts';
import type { RepositoryContext } from './page-context.ts';
import { avatar, loginLink } from './people.ts';
import { renderMarkdown } from './render-markdown.ts';
import { timeElement } from './times.ts';

const pictures: Record<Reaction['content'], string> = {
  '+1': '👍',
  '-1': '👎',
  laugh: '😄',
  confused: '😕',
  heart: '❤️',
  hooray: '🎉',
  rocket: '🚀',
  eyes: '👀',
};

const reactionRow = (reactions: Reaction[]): Html | undefined => {
  if (reactions.length === 0) return undefined;
  const contents = [...new Set(reactions.map((reaction) => reaction.content))];
  return html`<div class="reactions">${contents.map((content) => {
    const who = reactions.filter((reaction) => reaction.content === content).map((reaction) => reaction.login);
    return html`<span title="${who.join(', ')}">${pictures[content]} ${who.length}</span>`;
  })}</div>`;
};

type Comment = {
  anchor?: string;
  author: string;
  verb: string;
  createdAt: string;
  updatedAt?: string;
  body: string | undefined;
  reactions: Reaction[];
};

export const commentCard = ({ repository, now }: RepositoryContext, comment: Comment): Html => {
  const edited = comment.updatedAt !== undefined && comment.updatedAt !== comment.createdAt;
  const body = comment.body?.trim()
    ? renderMarkdown(comment.body, { repository: repository.fullName, breaks: true })
    : html`<p class="muted">No description.</p>`;
  return html`<article class="card" ${comment.anchor && html`id="${comment.anchor}"`}><header>${avatar(comment.author)}<span>${loginLink(comment.author)} ${comment.verb} ${timeElement(comment.createdAt, now)}</span>${
    edited && html`<span class="muted">· edited ${timeElement(comment.updatedAt, now)}</span>`
  }</header><div class="body md">${body}</div>${reactionRow(comment.reactions)}</article>`;
};
