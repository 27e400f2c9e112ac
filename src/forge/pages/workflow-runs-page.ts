import { branchOf } from '../ci/find-run.ts';
import type { Workflow, WorkflowRun } from '../ci/records.ts';
import { listWorkflows } from '../ci/workflows.ts';
import { shaLink } from './commit-list.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import type { RepositoryContext } from './page-context.ts';
import { loginLink } from './people.ts';
import { stateIcon } from './run-state.ts';
import { duration, timeElement } from './times.ts';
import { renderDispatchForm } from './workflow-dispatch-form.ts';

const runRow = ({ base, now }: RepositoryContext, run: WorkflowRun): Html => {
  const took = run.status === 'completed' ? duration(run.startedAt, run.updatedAt) : undefined;
  return html`<li>${stateIcon(run)}<div class="grow"><a class="title" href="${base}/actions/runs/${run.id}">${run.displayTitle}</a>
<div class="small">${run.workflowName} #${run.number} · ${run.event} by ${loginLink(run.triggeringActor)}${run.attempt > 1 && ` · attempt ${run.attempt}`}</div></div>
<span class="pill">${icon('branch')}${branchOf(run.ref)}</span><span class="small">${shaLink(base, run.headSha)} · ${timeElement(run.createdAt, now)}${took && ` · ${took}`}</span></li>`;
};

const menu = (base: string, workflows: Workflow[], current: Workflow | undefined): Html => {
  const link = (href: string, text: string, isCurrent: boolean): Html =>
    html`<a href="${href}" ${isCurrent && html`aria-current="true"`}>${text}</a>`;
  return html`<nav class="card" aria-label="Workflows">${link(`${base}/actions`, 'All workflows', !current)}${workflows.map((each) => link(`${base}/actions/workflows/${each.path.split('/').at(-1) ?? ''}`, each.name, each === current))}</nav>`;
};

/** Runs of the repository, newest first; of one workflow when its file is named. */
export const renderRunsPage = async (context: RepositoryContext, file: string | undefined): Promise<Html> => {
  const { world, repository, base } = context;
  const workflows = await listWorkflows(world, repository);
  const current = workflows.find((each) => each.path.endsWith(`/${file}`));
  const runs = repository.actions.workflowRuns.filter((run) => !current || run.workflowId === current.id);
  const rows = [...runs]
    .reverse()
    .slice(0, 100)
    .map((run) => runRow(context, run));
  const list =
    rows.length > 0
      ? html`<ul class="card list">${rows}</ul>`
      : html`<div class="card"><p class="empty">No workflow has run yet.</p></div>`;
  return html`<h1>${current?.name ?? 'Actions'}</h1><div class="checks">${menu(base, workflows, current)}<div>${current && (await renderDispatchForm(context, current))}${list}</div></div>`;
};
