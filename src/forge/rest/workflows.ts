import { dispatchWorkflow } from '../ci/dispatch.ts';
import type { Workflow } from '../ci/records.ts';
import { findWorkflow, listWorkflows } from '../ci/workflows.ts';
import { requiredText } from '../http/input.ts';
import { listReply } from '../http/paginate.ts';
import { noContent, ok, type Reply, type RepositoryCall, type Route, reads, writes } from '../http/route.ts';
import { HttpError, notFound } from '../http-error.ts';
import { repositoryApiUrl } from '../objects/urls.ts';
import { workflowObject } from '../objects/workflow.ts';
import { runHtmlUrl } from '../objects/workflow-run.ts';
import { now } from '../world.ts';
import { doerOf } from './doer.ts';

const workflowOf = async (call: RepositoryCall): Promise<Workflow> => {
  const found = await findWorkflow(call.world, call.repository, call.params.id ?? '');
  if (!found) throw notFound();
  return found;
};

const list = async (call: RepositoryCall): Promise<Reply> => {
  const all = await listWorkflows(call.world, call.repository);
  const show = (workflow: Workflow) => workflowObject(call.world.state, call.repository, workflow);
  return listReply(call, all, show, (workflows) => ({ total_count: all.length, workflows }));
};

const dispatch = async (call: RepositoryCall): Promise<Reply> => {
  const { world, repository, body } = call;
  const workflow = await workflowOf(call);
  const ref = requiredText(body, 'ref', 'WorkflowDispatch');
  if (workflow.state !== 'active')
    throw new HttpError(422, "Cannot trigger a 'workflow_dispatch' on a disabled workflow");
  const actor = doerOf(call).login;
  const run = await dispatchWorkflow(world, repository, workflow, { ref, inputs: body.inputs, actor });
  if (body.return_run_details !== true || !world.ci.settings.returnRunDetails) return noContent();
  return ok({
    workflow_run_id: run.id,
    run_url: `${repositoryApiUrl(world.state, repository)}/actions/runs/${run.id}`,
    html_url: runHtmlUrl(world, repository, run),
  });
};

const setState =
  (state: 'active' | 'disabled_manually') =>
  async (call: RepositoryCall): Promise<Reply> => {
    Object.assign(await workflowOf(call), { state, updatedAt: now() });
    return noContent();
  };

const many = '/repos/:owner/:repo/actions/workflows';
const read = reads('actions');
const write = writes('write', 'actions');

export const workflowRoutes: Route[] = [
  { method: 'GET', pattern: many, access: read, handle: list },
  {
    method: 'GET',
    pattern: `${many}/:id`,
    access: read,
    handle: async (call) => ok(workflowObject(call.world.state, call.repository, await workflowOf(call))),
  },
  { method: 'POST', pattern: `${many}/:id/dispatches`, access: write, handle: dispatch },
  { method: 'PUT', pattern: `${many}/:id/enable`, access: write, handle: setState('active') },
  { method: 'PUT', pattern: `${many}/:id/disable`, access: write, handle: setState('disabled_manually') },
];
