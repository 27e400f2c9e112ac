import { workflowObject } from '../objects/workflow.ts';
import { workflowJobObject } from '../objects/workflow-job.ts';
import { workflowRunObject } from '../objects/workflow-run.ts';
import type { Repository } from '../state.ts';
import { emit } from '../webhooks/emit.ts';
import type { World } from '../world.ts';
import type { WorkflowJob, WorkflowRun } from './records.ts';

/** `workflow_run` goes out with the state that the run has now. */
export const emitRun = async (
  world: World,
  repository: Repository,
  run: WorkflowRun,
  action: 'requested' | 'in_progress' | 'completed',
): Promise<void> => {
  const workflow = repository.actions.workflows.find((each) => each.id === run.workflowId);
  const body = {
    workflow_run: await workflowRunObject(world, repository, run),
    workflow: workflow ? workflowObject(world.state, repository, workflow) : null,
  };
  emit(world, { event: 'workflow_run', action, repository, sender: run.triggeringActor, body });
};

export const emitJob = (
  world: World,
  repository: Repository,
  run: WorkflowRun,
  job: WorkflowJob,
  action: 'queued' | 'in_progress' | 'completed',
): void => {
  const body = { workflow_job: workflowJobObject(world.state, repository, run, job) };
  emit(world, { event: 'workflow_job', action, repository, sender: run.triggeringActor, body });
};
