import type { Issue } from '../state.ts';
import { checksBadge } from './commit-list.ts';
import { counted } from './counted.ts';
import { type Html, html } from './html.ts';
import { type IconName, icon } from './icons.ts';
import { labelBadge } from './label-badge.ts';
import type { RepositoryContext } from './page-context.ts';
import { loginLink } from './people.ts';
import { timeElement } from './times.ts';

export const issueState = (issue: Issue): { word: string; icon: IconName } => {
  if (issue.pull?.merged) return { word: 'merged', icon: 'merged' };
  if (issue.state === 'closed') return { word: 'closed', icon: 'closed' };
  if (issue.pull?.draft) return { word: 'draft', icon: 'pull' };
  return { word: 'open', icon: issue.pull ? 'pull' : 'issue' };
};

const row = (context: RepositoryContext, issue: Issue): Html => {
  const { base, repository, now } = context;
  const { word, icon: name } = issueState(issue);
  const comments = repository.comments.filter((comment) => comment.issueNumber === issue.number).length;
  const labels = repository.labels.filter((label) => issue.labels.includes(label.name));
  const place = issue.pull ? 'pull' : 'issues';
  return html`<li>${icon(name, word)}<div class="grow"><a class="title" href="${base}/${place}/${issue.number}">${issue.title}</a> ${issue.pull && checksBadge(context, issue.pull.headSha)} ${labels.map((label) => html`${labelBadge(label)} `)}
<div class="small">#${issue.number} opened ${timeElement(issue.createdAt, now)} by ${loginLink(issue.author)} · ${word}${comments > 0 && html` · ${counted(comments, 'comment')}`}</div></div></li>`;
};

export const renderIssueList = (context: RepositoryContext, kind: 'issues' | 'pulls'): Html => {
  const all = context.repository.issues.filter((issue) => Boolean(issue.pull) === (kind === 'pulls'));
  const wanted = context.request.query.get('state') === 'closed' ? 'closed' : 'open';
  const shown = all.filter((issue) => issue.state === wanted).sort((left, right) => right.number - left.number);
  const link = (state: 'open' | 'closed'): Html => {
    const count = all.filter((issue) => issue.state === state).length;
    return html`<a href="${context.base}/${kind}?state=${state}" ${state === wanted && html`aria-current="true"`}>${count} ${state}</a>`;
  };
  const noun = kind === 'pulls' ? 'pull requests' : 'issues';
  return html`<h1>${kind === 'pulls' ? 'Pull requests' : 'Issues'}</h1><div class="card"><header class="filter">${link('open')}${link('closed')}</header>${
    shown.length > 0
      ? html`<ul class="list">${shown.map((issue) => row(context, issue))}</ul>`
      : html`<p class="empty">No ${wanted} ${noun}.</p>`
  }</div>`;
};
