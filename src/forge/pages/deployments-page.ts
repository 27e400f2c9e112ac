import type { Deployment } from '../deployment-record.ts';
import { encodePath } from '../objects/urls.ts';
import { shaLink } from './commit-list.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import type { RepositoryContext } from './page-context.ts';
import { loginLink } from './people.ts';
import { timeElement } from './times.ts';

const stateBadge = (state: string): Html => html`<span class="state ${state}">${state.replace('_', ' ')}</span>`;

const isAddress = (text: string): boolean => /^https?:\/\//.test(text);

const deploymentCard = ({ base, now }: RepositoryContext, deployment: Deployment): Html => {
  const { statuses } = deployment;
  const rows = [...statuses].reverse().map(
    (status) =>
      html`<li>${stateBadge(status.state)}<div class="grow">${status.description || html`<span class="muted">No description.</span>`}
<div class="small">${timeElement(status.createdAt, now)} by ${loginLink(status.creator)}${isAddress(status.logUrl) && html` · <a href="${status.logUrl}" rel="noopener">log</a>`}${isAddress(status.environmentUrl) && html` · <a href="${status.environmentUrl}" rel="noopener">open</a>`}</div></div></li>`,
  );
  return html`<article class="card" id="deployment-${deployment.id}"><header>${icon('rocket')}<strong>${deployment.environment}</strong>${stateBadge(statuses.at(-1)?.state ?? 'pending')}<span class="mono">${deployment.ref}</span>${shaLink(base, deployment.sha)}<span class="muted">${timeElement(deployment.createdAt, now)} by ${loginLink(deployment.creator)}</span></header>
${deployment.description && html`<div class="body">${deployment.description}</div>`}<ul class="list dense">${rows}</ul></article>`;
};

/** History of the environments, newest first; of one of them when it is named. */
export const renderDeploymentsPage = (context: RepositoryContext, environment: string | undefined): Html => {
  const { repository, base } = context;
  const names = [...new Set(repository.deployments.map((deployment) => deployment.environment))].sort();
  const shown = repository.deployments.filter((deployment) => !environment || deployment.environment === environment);
  const link = (href: string, text: string, current: boolean): Html =>
    html`<a href="${href}" ${current && html`aria-current="page"`}>${text}</a>`;
  return html`<h1>Deployments</h1><nav class="tabs subtabs" aria-label="Environments">${link(`${base}/deployments`, 'All', !environment)}${names.map((name) => link(`${base}/deployments/${encodePath(name)}`, name, name === environment))}</nav>
${shown.length > 0 ? [...shown].reverse().map((deployment) => deploymentCard(context, deployment)) : html`<div class="card"><p class="empty">Nothing was deployed yet.</p></div>`}`;
};
