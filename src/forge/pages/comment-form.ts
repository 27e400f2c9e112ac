import { atLeast, effectiveRole } from '../find.ts';
import type { Issue } from '../state.ts';
import { type Html, html } from './html.ts';
import type { RepositoryContext } from './page-context.ts';

export const commentForm = (context: RepositoryContext, issue: Issue): Html => {
  const { base, request, state, repository } = context;
  const viewer = request.viewer;
  if (!viewer) return html`<p class="muted">Log in (top right) to comment.</p>`;
  const mayClose = viewer === issue.author || atLeast(effectiveRole(state, repository, viewer), 'triage');
  const back = html`<input type="hidden" name="return_to" value="${request.path}">`;
  const next = issue.state === 'open' ? 'closed' : 'open';
  return html`<section class="card"><header><label for="comment">Comment as <strong>${viewer}</strong></label></header><div class="body">
<form method="post" action="${base}/issues/${issue.number}/comments">${back}<textarea id="comment" name="body" required placeholder="Markdown, or a command such as /help"></textarea>
<div class="actions end"><button class="primary">Comment</button></div></form>
${
  mayClose &&
  !issue.pull?.merged &&
  html`<form class="actions end" method="post" action="${base}/issues/${issue.number}/state">${back}<button name="state" value="${next}">${next === 'closed' ? 'Close' : 'Reopen'} ${issue.pull ? 'pull request' : 'issue'}</button></form>`
}</div></section>`;
};
