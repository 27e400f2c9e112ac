import type { Issue } from '../state.ts';
import { commentForm } from './comment-form.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { issueState } from './issue-list.ts';
import { labelBadge } from './label-badge.ts';
import type { RepositoryContext } from './page-context.ts';
import { loginLink } from './people.ts';
import { timeline } from './timeline.ts';
import { timeElement } from './times.ts';

export const issueSide = ({ repository }: RepositoryContext, issue: Issue): Html => {
  const labels = repository.labels.filter((label) => issue.labels.includes(label.name));
  const none = html`<span class="muted">None</span>`;
  return html`<section><h2>Labels</h2>${labels.length > 0 ? labels.map((label) => html`${labelBadge(label)} `) : none}</section>
<section><h2>Assignees</h2>${issue.assignees.length > 0 ? issue.assignees.map((login) => html`<div>${loginLink(login)}</div>`) : none}</section>`;
};

export const renderIssuePage = (context: RepositoryContext, issue: Issue): Html => {
  const { word, icon: name } = issueState(issue);
  return html`<h1>${issue.title} <span class="muted">#${issue.number}</span></h1>
<div class="row"><span class="state ${word}">${icon(name)} ${word}</span><span class="muted">${loginLink(issue.author)} opened this ${timeElement(issue.createdAt, context.now)}</span></div>
<div class="split"><div>${timeline(context, issue)}${commentForm(context, issue)}</div><aside class="side">${issueSide(context, issue)}</aside></div>`;
};
