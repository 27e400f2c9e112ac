import { type Html, html } from './html.ts';
import type { PageContext } from './page-context.ts';
import { renderMarkdown } from './render-markdown.ts';

export const renderAppPage = ({ state }: PageContext): Html => {
  const { app, installations } = state;
  const permissions = Object.entries(app.permissions).map(([name, level]) => html`<dt>${name}</dt><dd>${level}</dd>`);
  return html`<h1>${app.name}</h1><div class="md">${renderMarkdown(app.description)}</div>
<h2>Permissions</h2><div class="card"><div class="body"><dl class="facts">${permissions}</dl></div></div>
<h2>Events</h2><p>${app.events.map((event) => html`<span class="pill">${event}</span> `)}</p>
<h2>Installed on</h2><ul>${installations.map((one) => html`<li><a href="/${one.account}">${one.account}</a> (${one.repositorySelection} repositories)</li>`)}</ul>
<p><a href="/settings/apps/${app.slug}/deliveries">Deliveries</a></p>`;
};
