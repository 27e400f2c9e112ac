import { resolveCommit } from '../git/refs.ts';
import { HttpError } from '../http-error.ts';
import { repositoryObject } from '../objects/repository.ts';
import { userObject } from '../objects/user.ts';
import type { Repository } from '../state.ts';
import { exclusively, nextId, now, type World } from '../world.ts';
import { checkInputs } from './dispatch-inputs.ts';
import { interpolateText } from './expressions.ts';
import { githubContext } from './github-context.ts';
import type { Workflow, WorkflowRun } from './records.ts';
import { emitRun } from './run-events.ts';
import { advance } from './schedule.ts';
import type { WorkflowDefinition } from './workflow-definition.ts';
import { workflowAt } from './workflows.ts';

export type NewRun = {
  event: string;
  ref: string;
  sha: string;
  actor: string;
  inputs: WorkflowRun['inputs'];
  payload: Record<string, unknown>;
  /** What the run is called where the workflow does not say. */
  title: string;
};

/** Makes a run and sets it going. */
export const createRun = async (
  world: World,
  repository: Repository,
  workflow: Workflow,
  definition: WorkflowDefinition,
  fields: NewRun,
): Promise<WorkflowRun> => {
  const at = now();
  const { workflowRuns } = repository.actions;
  const run: WorkflowRun = {
    id: nextId(world),
    workflowId: workflow.id,
    workflowName: definition.name ?? workflow.path,
    workflowPath: workflow.path,
    displayTitle: '',
    number: workflowRuns.filter((each) => each.workflowId === workflow.id).length + 1,
    attempt: 1,
    event: fields.event,
    ref: fields.ref,
    headSha: fields.sha,
    actor: fields.actor,
    triggeringActor: fields.actor,
    status: 'queued',
    conclusion: undefined,
    createdAt: at,
    updatedAt: at,
    startedAt: at,
    checkSuiteId: nextId(world),
    inputs: fields.inputs,
    payload: fields.payload,
    cancelled: false,
    kept: [],
    replaced: [],
    history: [],
  };
  const contexts = {
    github: githubContext(world, repository, run),
    inputs: run.inputs,
    vars: repository.actions.variables,
  };
  const title = definition.runName ? interpolateText(definition.runName, contexts).trim() : '';
  run.displayTitle = title || fields.title;
  workflowRuns.push(run);
  await exclusively(world, `workflow run ${run.id}`, () => emitRun(world, repository, run, 'requested'));
  // the answer to a dispatch does not wait for what comes of it
  void advance(world, repository, run);
  return run;
};

const resolveRef = async (repository: Repository, ref: string): Promise<{ ref: string; sha: string } | undefined> => {
  const candidates = ref.startsWith('refs/') ? [ref] : [`refs/heads/${ref}`, `refs/tags/${ref}`];
  for (const name of candidates) {
    if (!/^refs\/(heads|tags)\//.test(name)) continue;
    const sha = await resolveCommit(repository.gitDir, name);
    if (sha) return { ref: name, sha };
  }
  return undefined;
};

/** Starts a workflow by hand, with the file and the inputs as they are on `ref` (branch or tag). */
export const dispatchWorkflow = async (
  world: World,
  repository: Repository,
  workflow: Workflow,
  asked: { ref: string; inputs: unknown; actor: string },
): Promise<WorkflowRun> => {
  const at = await resolveRef(repository, asked.ref);
  if (!at) throw new HttpError(422, `No ref found for: ${asked.ref}`);
  const read = await workflowAt(world, repository, at.sha, workflow.path);
  if (!read) throw new HttpError(422, `Workflow '${workflow.path}' does not exist on ref '${asked.ref}'`);
  if ('errors' in read) throw new HttpError(422, `failed to parse workflow: ${read.errors.join('; ')}`);
  const { definition } = read;
  if (!definition.on.workflow_dispatch) {
    throw new HttpError(422, "Workflow does not have 'workflow_dispatch' trigger");
  }
  const inputs = checkInputs(definition.inputs, asked.inputs);
  const payload = {
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, String(value)])),
    ref: at.ref,
    workflow: workflow.path,
    repository: repositoryObject(world.state, repository),
    sender: userObject(world.state, asked.actor),
  };
  const title = definition.name ?? workflow.path;
  const fields = { event: 'workflow_dispatch', ...at, actor: asked.actor, inputs, payload, title };
  return createRun(world, repository, workflow, definition, fields);
};
