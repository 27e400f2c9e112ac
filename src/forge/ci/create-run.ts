import type { Repository } from '../state.ts';
import { exclusively, nextId, now, type World } from '../world.ts';
import { concurrencyOf } from './concurrency.ts';
import { interpolateText } from './expressions.ts';
import { githubContext } from './github-context.ts';
import type { Workflow, WorkflowRun } from './records.ts';
import { emitRun } from './run-events.ts';
import { advance } from './schedule.ts';
import type { WorkflowDefinition } from './workflow-definition.ts';

export type NewRun = {
  event: string;
  ref: string;
  sha: string;
  actor: string;
  inputs: WorkflowRun['inputs'];
  payload: Record<string, unknown>;
  /** What the run is called where the workflow does not say. */
  title: string;
  /** It comes from a fork: it gets no secrets, no identity, and may only read. */
  isFork: boolean;
};

/** Evaluates what the file says of the run as a whole; what cannot be evaluated keeps it from beginning. */
const settle = (world: World, repository: Repository, run: WorkflowRun, definition: WorkflowDefinition): void => {
  const github = githubContext(world, repository, run);
  const contexts = { github, inputs: run.inputs, vars: repository.actions.variables };
  try {
    const title = definition.runName ? interpolateText(definition.runName, contexts).trim() : '';
    if (title) run.displayTitle = title;
    run.concurrency = concurrencyOf(world, repository, run, definition.concurrency);
  } catch (error) {
    run.fault = error instanceof Error ? error.message : String(error);
  }
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
    displayTitle: fields.title,
    number:
      Math.max(0, ...workflowRuns.filter((each) => each.workflowId === workflow.id).map((each) => each.number)) + 1,
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
    isFork: fields.isFork,
    concurrency: undefined,
    fault: undefined,
  };
  settle(world, repository, run, definition);
  workflowRuns.push(run);
  await exclusively(world, `workflow run ${run.id}`, () => emitRun(world, repository, run, 'requested'));
  // the answer to a dispatch does not wait for what comes of it
  void advance(world, repository, run);
  return run;
};
