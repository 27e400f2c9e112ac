import { atLeast, effectiveRole } from '../find.ts';
import { readObjects } from '../git/read-objects.ts';
import type { CheckAnnotation, CheckRun } from '../state.ts';
import { annotationBox } from './annotation-box.ts';
import { latestRuns, runIcon, runWord, worstRun } from './check-state.ts';
import { shaLink } from './commit-list.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import type { RepositoryContext } from './page-context.ts';
import { renderMarkdown } from './render-markdown.ts';
import { duration, timeElement } from './times.ts';

/** The runs of a commit on the left, one of them (`?check_run_id=`, else the worst) on the right. */
export const renderChecks = async (context: RepositoryContext, sha: string, here: string): Promise<Html> => {
  const runs = latestRuns(context.repository, sha);
  const asked = Number(context.request.query.get('check_run_id'));
  const shown = context.repository.checkRuns.find((run) => run.id === asked && run.headSha === sha) ?? worstRun(runs);
  if (!shown)
    return html`<div class="card"><p class="empty">No checks have run on ${shaLink(context.base, sha)}.</p></div>`;
  return html`<div class="checks"><nav class="card" aria-label="Checks">${runs.map(
    (run) =>
      html`<a href="${here}?check_run_id=${run.id}" ${run.id === shown.id && html`aria-current="true"`}>${icon(runIcon(run), runWord(run))}<span class="grow">${run.name}<span class="small">${run.output.title ?? runWord(run)}</span></span></a>`,
  )}</nav>${await renderCheckRun(context, shown)}</div>`;
};

/** One check run with all that its app said. */
export const renderCheckRun = async (context: RepositoryContext, run: CheckRun): Promise<Html> => {
  const { base, repository, now } = context;
  const { output } = run;
  const markdown = (text: string | undefined): Html | undefined =>
    text ? html`<div class="md">${renderMarkdown(text, { repository: repository.fullName })}</div>` : undefined;
  const took = duration(run.startedAt, run.completedAt);
  return html`<section class="card"><header>${icon(runIcon(run), runWord(run))}<strong>${run.name}</strong><span class="pill">${runWord(run)}</span><span class="muted">on ${shaLink(base, run.headSha)}${run.startedAt && html` · started ${timeElement(run.startedAt, now)}`}${took && ` · took ${took}`}</span></header>
<div class="body">${output.title && html`<h1>${output.title}</h1>`}${markdown(output.summary)}${buttons(context, run)}
${await annotations(context, run)}${markdown(output.text)}
${output.images.map((image) => html`<figure><img src="${image.image_url}" alt="${image.alt}">${image.caption && html`<figcaption>${image.caption}</figcaption>`}</figure>`)}
${!output.summary && html`<p class="muted">No output yet.</p>`}</div>
<footer class="small">${run.externalId && html`External id <span class="mono">${run.externalId}</span> · `}${/^https?:/.test(run.detailsUrl) && html`<a href="${run.detailsUrl}" rel="noopener">Details at the app</a>`}</footer></section>`;
};

// GitHub offers an app's own buttons on completed runs only, and to those with write access.
const buttons = ({ base, request, state, repository }: RepositoryContext, run: CheckRun): Html | undefined => {
  if (!request.viewer || !atLeast(effectiveRole(state, repository, request.viewer), 'write')) return undefined;
  const query = request.query.toString();
  const back = html`<input type="hidden" name="return_to" value="${request.path}${query && `?${query}`}">`;
  const own = run.status === 'completed' ? run.actions : [];
  return html`<div class="actions">${own.map(
    (action) =>
      html`<form method="post" action="${base}/runs/${run.id}/actions">${back}<button class="primary" name="identifier" value="${action.identifier}" title="${action.description}">${action.label}</button></form>`,
  )}<form method="post" action="${base}/runs/${run.id}/rerequest">${back}<button>Re-run</button></form></div>`;
};

const annotations = async ({ base, repository }: RepositoryContext, run: CheckRun): Promise<Html | undefined> => {
  const all = run.output.annotations;
  if (all.length === 0) return undefined;
  const paths = [...new Set(all.map((annotation) => annotation.path))];
  const blobs = await readObjects(
    repository.gitDir,
    paths.map((path) => `${run.headSha}:${path}`),
  );
  const text = new Map(paths.map((path, index) => [path, blobs[index]?.content.toString().split('\n')]));
  const code = ({ path, start_line, end_line }: CheckAnnotation): string | undefined =>
    text
      .get(path)
      ?.slice(start_line - 1, Math.min(end_line, start_line + 9))
      .join('\n');
  return html`<h2>Annotations <span class="count">${all.length}</span></h2>${all.map((annotation) =>
    annotationBox(annotation, { blobBase: `${base}/blob/${run.headSha}`, code: code(annotation) }),
  )}`;
};
