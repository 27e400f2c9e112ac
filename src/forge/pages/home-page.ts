import type { Repository } from '../state.ts';
import { latestRuns, summarizeRuns } from './check-state.ts';
import { counted } from './counted.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { maySee } from './may-see.ts';
import type { PageContext } from './page-context.ts';
import { timeElement } from './times.ts';

const repositoryRow = (repository: Repository, now: Date): Html => {
  const open = repository.issues.filter((issue) => issue.state === 'open');
  const pulls = open.filter((issue) => issue.pull).length;
  const newest = repository.checkRuns.at(-1);
  const checks = newest && summarizeRuns(latestRuns(repository, newest.headSha));
  return html`<li>${icon('book')}<div class="grow"><a class="title" href="/${repository.fullName}">${repository.fullName}</a>
${repository.private && html` <span class="pill">private</span>`}
<div>${repository.description}</div>
<div class="small">${counted(pulls, 'open pull request')} · ${counted(open.length - pulls, 'open issue')} · ${counted(repository.releases.length, 'release')} · pushed ${timeElement(repository.pushedAt, now)}</div></div>
${checks && html`<span title="${checks.text}">${icon(checks.icon, checks.text)}</span>`}</li>`;
};

/** Repositories of everyone, or of one account. */
export const renderHomePage = ({ state, request, now }: PageContext, owner?: string): Html => {
  const shown = state.repositories.filter(
    (repository) => (!owner || repository.owner === owner) && maySee(state, repository, request.viewer),
  );
  const sorted = [...shown].sort((left, right) => (left.pushedAt < right.pushedAt ? 1 : -1));
  return html`<h1>${owner ?? 'Repositories'}</h1>
<div class="card">${
    sorted.length > 0
      ? html`<ul class="list">${sorted.map((repository) => repositoryRow(repository, now))}</ul>`
      : html`<p class="empty">No repositories yet.</p>`
  }</div>`;
};
