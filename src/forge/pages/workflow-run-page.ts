import { branchOf, jobsOf } from '../ci/find-run.ts';
import { readStepLogs } from '../ci/job-log.ts';
import type { JobAnnotation, WorkflowJob, WorkflowRun } from '../ci/records.ts';
import { atLeast, effectiveRole } from '../find.ts';
import { shaLink } from './commit-list.ts';
import { type Html, html } from './html.ts';
import type { RepositoryContext } from './page-context.ts';
import { loginLink } from './people.ts';
import { renderMarkdown } from './render-markdown.ts';
import { stateIcon, stateWord } from './run-state.ts';
import { duration, timeElement } from './times.ts';

/** Lines of a step that a page shows; the API gives all of them. */
const shownLines = 1000;

/** The log as people read it: without times, and with the marks of groups and errors as words. */
const readable = (text: string): string => {
  const lines = text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => line.replace(/^\S+Z /, ''))
    .filter((line) => line !== '##[endgroup]')
    .map((line) =>
      line.replace(/^##\[group\]/, '▾ ').replace(/^##\[(error|warning|notice)\]/, (_, word) => `${word}: `),
    );
  const cut = lines.length > shownLines ? [`… ${lines.length - shownLines} lines before`] : [];
  return [...cut, ...lines.slice(-shownLines)].join('\n');
};

const annotationView = ({ level, title, message }: JobAnnotation): Html =>
  html`<div class="annotation ${level}">${title && html`<strong>${title}</strong>`}<p>${message}</p></div>`;

const jobView = async (context: RepositoryContext, job: WorkflowJob): Promise<Html> => {
  const logs = new Map((await readStepLogs(context.world, job.id)).map((log) => [log.number, log.text]));
  const steps = job.steps.map((step) => {
    const took = duration(step.startedAt, step.completedAt);
    const open = step.conclusion === 'failure' || step.status === 'in_progress';
    const text = logs.get(step.number);
    return html`<li><details class="grow" ${open && html`open`}><summary>${stateIcon(step)} ${step.name} ${took && html`<span class="small">${took}</span>`}</summary>${text ? html`<pre class="raw">${readable(text)}</pre>` : html`<p class="small">No log.</p>`}</details></li>`;
  });
  const place = job.runnerName ? `on ${job.runnerName}` : `waits for a runner with ${job.labels.join(', ')}`;
  return html`<section class="card"><header>${stateIcon(job)}<strong>${job.name}</strong><span class="pill">${stateWord(job)}</span><span class="muted">${job.conclusion === 'skipped' ? '' : place}${job.startedAt && html` · ${timeElement(job.startedAt, context.now)}`}</span></header>
${job.annotations.length > 0 && html`<div class="body">${job.annotations.map(annotationView)}</div>`}<ul class="list dense">${steps}</ul></section>
${job.summary.trim() !== '' && html`<section class="card"><header><strong>Summary</strong></header><div class="body md">${renderMarkdown(job.summary, { repository: context.repository.fullName })}</div></section>`}`;
};

const buttons = ({ request, state, repository, base }: RepositoryContext, run: WorkflowRun): Html | undefined => {
  if (!request.viewer || !atLeast(effectiveRole(state, repository, request.viewer), 'write')) return undefined;
  const button = (path: string, text: string): Html =>
    html`<form method="post" action="${base}/actions/runs/${run.id}/${path}"><button>${text}</button></form>`;
  const failed = jobsOf(repository, run).some((job) => job.conclusion === 'failure' || job.conclusion === 'cancelled');
  return html`<div class="actions row">${run.status === 'completed' ? [button('rerun', 'Re-run all jobs'), failed && button('rerun-failed-jobs', 'Re-run failed jobs')] : button('cancel', 'Cancel workflow')}</div>`;
};

/** A run with its jobs on the left and one of them, the named or the first, with its steps and their logs. */
export const renderRunPage = async (
  context: RepositoryContext,
  run: WorkflowRun,
  jobId: number | undefined,
): Promise<Html> => {
  const { repository, base } = context;
  const jobs = jobsOf(repository, run);
  const shown =
    jobs.find((job) => job.id === jobId) ??
    jobs.find((job) => job.conclusion === 'failure' || job.status === 'in_progress') ??
    jobs[0];
  const artifacts = repository.actions.artifacts.filter((artifact) => artifact.runId === run.id);
  const menu = html`<nav class="card" aria-label="Jobs">${jobs.map((job) => html`<a href="${base}/actions/runs/${run.id}/job/${job.id}" ${job === shown && html`aria-current="true"`}>${stateIcon(job)}<span class="grow">${job.name}</span></a>`)}</nav>`;
  return html`<h1>${stateIcon(run)} ${run.displayTitle} <span class="muted">#${run.number}</span></h1>
<p class="small">${run.workflowName} · ${run.event} by ${loginLink(run.triggeringActor)} · ${branchOf(run.ref)} at ${shaLink(base, run.headSha)} · ${timeElement(run.createdAt, context.now)}${run.attempt > 1 && ` · attempt ${run.attempt}`}</p>${buttons(context, run)}
<div class="checks">${menu}<div>${shown ? await jobView(context, shown) : html`<div class="card"><p class="empty">${run.fault ?? (run.status === 'pending' ? 'It waits for another run of its concurrency group.' : 'No job yet.')}</p></div>`}
${artifacts.length > 0 && html`<section class="card"><header><strong>Artifacts</strong></header><ul class="list dense">${artifacts.map((artifact) => html`<li><span class="grow">${artifact.name}</span><span class="small">${artifact.size} bytes</span></li>`)}</ul></section>`}</div></div>`;
};
