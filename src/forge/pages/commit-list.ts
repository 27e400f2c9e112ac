import type { GitCommit } from '../git/commits.ts';
import { latestRuns, summarizeRuns } from './check-state.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import type { RepositoryContext } from './page-context.ts';
import { avatar } from './people.ts';
import { timeElement } from './times.ts';

const shortSha = (sha: string): string => sha.slice(0, 7);

export const shaLink = (base: string, sha: string): Html =>
  html`<a class="mono" href="${base}/commit/${sha}">${shortSha(sha)}</a>`;

export const checksBadge = ({ repository, base }: RepositoryContext, sha: string): Html | undefined => {
  const summary = summarizeRuns(latestRuns(repository, sha));
  return (
    summary &&
    html`<a href="${base}/commit/${sha}/checks" title="${summary.text}">${icon(summary.icon, summary.text)}</a>`
  );
};

const commitRow = (context: RepositoryContext, commit: GitCommit): Html => {
  const [title = '', ...rest] = commit.message.split('\n');
  return html`<li>${avatar(commit.author.name)}<div class="grow"><a class="title" href="${context.base}/commit/${commit.sha}">${title}</a> ${checksBadge(context, commit.sha)}
<div class="small">${commit.author.name} committed ${timeElement(commit.committer.date, context.now)}${rest.some(Boolean) && ' · …'}</div></div>${shaLink(context.base, commit.sha)}</li>`;
};

export const commitList = (context: RepositoryContext, commits: GitCommit[]): Html =>
  html`<div class="card"><ul class="list dense">${commits.map((commit) => commitRow(context, commit))}</ul></div>`;
