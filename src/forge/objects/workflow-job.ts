import { branchOf } from '../ci/find-run.ts';
import type { WorkflowJob, WorkflowRun } from '../ci/records.ts';
import type { ForgeState, Repository } from '../state.ts';
import { nodeId } from '../world.ts';
import { repositoryApiUrl, repositoryHtmlUrl } from './urls.ts';

export const workflowJobObject = (state: ForgeState, repository: Repository, run: WorkflowRun, job: WorkflowJob) => {
  const api = repositoryApiUrl(state, repository);
  return {
    id: job.id,
    run_id: run.id,
    run_url: `${api}/actions/runs/${run.id}`,
    run_attempt: job.attempt,
    node_id: nodeId('CheckRun', job.id),
    head_sha: run.headSha,
    url: `${api}/actions/jobs/${job.id}`,
    html_url: `${repositoryHtmlUrl(state, repository)}/actions/runs/${run.id}/job/${job.id}`,
    status: job.status,
    conclusion: job.conclusion ?? null,
    created_at: job.createdAt,
    // a job that waits has its creation here, as GitHub gives it
    started_at: job.startedAt ?? job.createdAt,
    completed_at: job.completedAt ?? null,
    name: job.name,
    steps: job.steps.map((step) => ({
      name: step.name,
      status: step.status,
      conclusion: step.conclusion ?? null,
      number: step.number,
      started_at: step.startedAt ?? null,
      completed_at: step.completedAt ?? null,
    })),
    check_run_url: `${api}/check-runs/${job.id}`,
    labels: job.labels,
    runner_id: job.runnerId ?? null,
    runner_name: job.runnerName ?? null,
    runner_group_id: job.runnerId === undefined ? null : 1,
    runner_group_name: job.runnerId === undefined ? null : 'Default',
    workflow_name: run.workflowName,
    head_branch: branchOf(run.ref),
  };
};
