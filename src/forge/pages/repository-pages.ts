import { isPull } from '../find.ts';
import { diffFiles, mergeBase } from '../git/diff.ts';
import { resolveCommit } from '../git/refs.ts';
import { latestRuns } from './check-state.ts';
import { renderCheckRun, renderChecks } from './checks-view.ts';
import { renderBlobPage, renderHistoryPage, renderRefsPage, renderTreePage } from './code-page.ts';
import { renderCommitPage } from './commit-page.ts';
import { renderDeploymentsPage } from './deployments-page.ts';
import { diffView } from './diff-view.ts';
import { locate } from './git-location.ts';
import { type Html, html } from './html.ts';
import { renderIssueList } from './issue-list.ts';
import { renderIssuePage } from './issue-page.ts';
import type { Tab } from './layout.ts';
import { PageNotFound } from './not-found.ts';
import type { RepositoryContext } from './page-context.ts';
import { renderPullPage } from './pull-page.ts';
import { renderReleasesPage } from './releases-page.ts';
import { renderRunPage } from './workflow-run-page.ts';
import { renderRunsPage } from './workflow-runs-page.ts';

export type RepositoryPage = { tab: Tab; title: string; body: Html; refresh?: number };

const found = <T>(value: T | undefined): T => {
  if (value === undefined) throw new PageNotFound();
  return value;
};

/** Looks again while something runs, so that progress can be watched; not where a comment may be half written. */
const refreshFor = ({ repository }: RepositoryContext, sha: string): { refresh?: number } =>
  latestRuns(repository, sha).some((run) => run.status !== 'completed') ? { refresh: 3 } : {};

const emptyRepository = ({ state, base }: RepositoryContext): Html =>
  html`<div class="card"><p class="empty">Nothing was pushed yet. <span class="clone">git push ${state.url}${base}.git main</span></p></div>`;

const codePage = async (context: RepositoryContext, kind: string, rest: string): Promise<RepositoryPage> => {
  const { repository } = context;
  const at = await locate(repository, rest || repository.defaultBranch);
  if (!at && !kind) return { tab: 'code', title: repository.fullName, body: emptyRepository(context) };
  const place = found(at);
  const render = { blob: renderBlobPage, commits: renderHistoryPage }[kind] ?? renderTreePage;
  const title = place.path ? `${place.path} · ${repository.fullName}` : repository.fullName;
  return { tab: 'code', title, body: await render(context, place) };
};

const commitPage = async (context: RepositoryContext, revision: string, section?: string): Promise<RepositoryPage> => {
  const { repository, base } = context;
  const sha = found(await resolveCommit(repository.gitDir, revision));
  const title = `${sha.slice(0, 7)} · ${repository.fullName}`;
  if (section !== 'checks') return { tab: 'code', title, body: await renderCommitPage(context, sha) };
  const body = html`<h1>Checks of ${sha.slice(0, 7)}</h1>${await renderChecks(context, sha, `${base}/commit/${sha}/checks`)}`;
  return { tab: 'code', title, body, ...refreshFor(context, sha) };
};

const comparePage = async (context: RepositoryContext, spec: string): Promise<RepositoryPage> => {
  const { repository, base } = context;
  const [from = '', to = ''] = spec.split('...');
  const left = found(await resolveCommit(repository.gitDir, from));
  const right = found(await resolveCommit(repository.gitDir, to));
  const files = await diffFiles(repository.gitDir, (await mergeBase(repository.gitDir, left, right)) ?? left, right);
  const body = html`<h1 class="mono">${from} … ${to}</h1>${diffView(files, `${base}/blob/${right}`)}`;
  return { tab: 'code', title: `Compare ${spec}`, body };
};

const actionsPage = async (context: RepositoryContext, parts: string[]): Promise<RepositoryPage> => {
  const { workflowRuns } = context.repository.actions;
  const [kind, id, , jobId] = parts;
  if (kind !== 'runs') {
    const busy = workflowRuns.some((run) => run.status !== 'completed');
    const body = await renderRunsPage(context, kind === 'workflows' ? id : undefined);
    return { tab: 'actions', title: 'Actions', body, ...(busy ? { refresh: 3 } : {}) };
  }
  const run = found(workflowRuns.find((each) => each.id === Number(id)));
  const body = await renderRunPage(context, run, jobId === undefined ? undefined : Number(jobId));
  return { tab: 'actions', title: run.displayTitle, body, ...(run.status === 'completed' ? {} : { refresh: 3 }) };
};

/** The page below `/owner/name`, from the parts of the path after it. */
export const renderRepositoryPage = async (context: RepositoryContext, parts: string[]): Promise<RepositoryPage> => {
  const { repository } = context;
  const [kind = '', second = '', third] = parts;
  const rest = parts.slice(1).join('/');
  const issue = repository.issues.find((each) => each.number === Number(second));
  switch (kind) {
    case 'commit':
      return commitPage(context, second, third);
    case 'compare':
      return comparePage(context, rest);
    case 'branches':
    case 'tags':
      return { tab: 'code', title: kind, body: await renderRefsPage(context, kind) };
    case 'issues':
      if (!second) return { tab: 'issues', title: 'Issues', body: renderIssueList(context, 'issues') };
      // Both share their numbers, and `#12` does not say which of them it is.
      if (issue && isPull(issue)) return renderRepositoryPage(context, ['pull', second]);
      return {
        tab: 'issues',
        title: `${found(issue).title} · #${second}`,
        body: renderIssuePage(context, found(issue)),
      };
    case 'pulls':
      return { tab: 'pulls', title: 'Pull requests', body: renderIssueList(context, 'pulls') };
    case 'pull': {
      const pull = found(issue && isPull(issue) ? issue : undefined);
      const body = await renderPullPage(context, pull, third ?? 'conversation');
      const watch = third === 'checks' ? refreshFor(context, pull.pull.headSha) : {};
      return { tab: 'pulls', title: `${pull.title} · #${second}`, body, ...watch };
    }
    case 'runs': {
      const run = found(repository.checkRuns.find((each) => each.id === Number(second)));
      return {
        tab: 'pulls',
        title: run.name,
        body: await renderCheckRun(context, run),
        ...refreshFor(context, run.headSha),
      };
    }
    case 'actions':
      return actionsPage(context, parts.slice(1));
    case 'releases': {
      const tag = second === 'tag' ? parts.slice(2).join('/') : undefined;
      const shown = repository.releases.filter((release) => !tag || release.tagName === tag);
      if (tag && shown.length === 0) throw new PageNotFound();
      return { tab: 'releases', title: tag ?? 'Releases', body: renderReleasesPage(context, shown) };
    }
    case 'deployments':
      return { tab: 'deployments', title: 'Deployments', body: renderDeploymentsPage(context, rest || undefined) };
    case '':
    case 'tree':
    case 'blob':
    case 'commits':
      return codePage(context, kind, rest);
    default:
      throw new PageNotFound();
  }
};
