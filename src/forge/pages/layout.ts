import { createHash } from 'node:crypto';
import type { Repository } from '../state.ts';
import { type Html, html, trusted } from './html.ts';
import { type IconName, icon } from './icons.ts';
import type { PageContext } from './page-context.ts';
import { avatar } from './people.ts';
import { stylesheet } from './stylesheet.ts';

export type Tab = 'code' | 'issues' | 'pulls' | 'actions' | 'releases' | 'deployments';

type Layout = {
  title: string;
  body: Html;
  repository?: Repository;
  tab?: Tab;
  /** Seconds after which the page asks for itself again, while something on it is going on. */
  refresh?: number;
};

const styleHash = createHash('sha256').update(stylesheet).digest('base64');

// Nothing on these pages runs: a hole in the sanitiser would still meet a browser that refuses scripts.
const policy = `default-src 'none'; img-src http: https:; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'`;

export const renderLayout = (context: PageContext, { title, body, repository, tab, refresh }: Layout): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
${refresh !== undefined && html`<meta http-equiv="refresh" content="${refresh}">`}
<title>${title}</title>
<style>${trusted(stylesheet)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top">
  <a class="brand" href="/"><span aria-hidden="true">◆</span> local forge</a>
  <nav aria-label="Site"><a href="/">Repositories</a><a href="/settings/apps/${context.state.app.slug}/deliveries">Deliveries</a></nav>
  ${viewerMenu(context)}
</header>
${repository && repositoryHeader(repository, tab)}
<main id="main">
${body}
</main>
<footer>A GitHub that runs on this machine. Everything here is local; nothing is on github.com.</footer>
</body>
</html>`.html;

const viewerMenu = ({ state, request }: PageContext): Html => {
  const people = state.accounts.filter((account) => account.type === 'User');
  const here = request.path;
  const viewer = request.viewer;
  return html`<details class="viewer"><summary>${viewer ? html`${avatar(viewer)} ${viewer}` : 'Log in'}</summary>
  <div class="menu"><p>Act as</p>${people.map(
    (account) =>
      html`<form method="post" action="/login"><input type="hidden" name="return_to" value="${here}"><button name="as" value="${account.login}" ${
        account.login === viewer && trusted('aria-current="true"')
      }>${avatar(account.login)} ${account.login}</button></form>`,
  )}</div></details>`;
};

const repositoryHeader = (repository: Repository, current: Tab | undefined): Html => {
  const base = `/${repository.fullName}`;
  const open = (pulls: boolean): number =>
    repository.issues.filter((issue) => issue.state === 'open' && Boolean(issue.pull) === pulls).length;
  const running = repository.actions.workflowRuns.filter((run) => run.status !== 'completed').length;
  const tabs: [Tab, string, string, IconName, number?][] = [
    ['code', 'Code', base, 'book'],
    ['issues', 'Issues', `${base}/issues`, 'issue', open(false)],
    ['pulls', 'Pull requests', `${base}/pulls`, 'pull', open(true)],
    ['actions', 'Actions', `${base}/actions`, 'play', running],
    ['releases', 'Releases', `${base}/releases`, 'tag', repository.releases.length],
    ['deployments', 'Deployments', `${base}/deployments`, 'rocket', repository.deployments.length],
  ];
  return html`<div class="repo-head"><div class="repo-name"><a href="/${repository.owner}">${repository.owner}</a> / <a class="strong" href="${base}">${repository.name}</a> <span class="pill">${repository.private ? 'private' : 'public'}</span></div>
<nav class="tabs" aria-label="Repository">${tabs.map(
    ([id, label, href, name, count]) =>
      html`<a href="${href}" ${id === current && trusted('aria-current="page"')}>${icon(name)} ${label}${
        count ? html` <span class="count">${count}</span>` : ''
      }</a>`,
  )}</nav></div>`;
};
