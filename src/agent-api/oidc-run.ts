import { attemptOfTitle } from '../domain/jobs/actions-run.ts';
import type { Job } from '../domain/jobs/job.ts';
import type { WorkflowRun } from '../ports/workflow-runs.ts';
import type { OidcClaims } from './oidc-claims.ts';

export type Expected = { job: Job; workflow: string; defaultBranch: string };

/** Without asking GitHub: why the token is not of a run of this job's workflow; undefined: it is. */
export function whyNotWorkflow(claims: OidcClaims, { job, workflow, defaultBranch }: Expected): string | undefined {
  const ref = `refs/heads/${defaultBranch}`;
  return firstDifference([
    ['repository', claims.repository, job.repository],
    ['event_name', claims.event_name, 'workflow_dispatch'],
    ['workflow_ref', claims.workflow_ref, `${job.repository}/.github/workflows/${workflow}@${ref}`],
    ['ref', claims.ref, ref],
  ]);
}

/** Why the run, as GitHub has it now, is not the one that the token is of, or not dispatched for this attempt. */
export function whyNotRun(
  claims: OidcClaims,
  run: WorkflowRun,
  { job, workflow, defaultBranch }: Expected,
  attempt: number,
): string | undefined {
  const title = attemptOfTitle(run.title);
  return firstDifference([
    ['run_id', claims.run_id, String(run.id)],
    ['run_attempt', claims.run_attempt, String(run.attempt)],
    ['sha', claims.sha, run.headSha],
    ['repository_id', claims.repository_id, String(run.repositoryId)],
    ['repository_owner_id', claims.repository_owner_id, String(run.ownerId)],
    ['event of the run', run.event, 'workflow_dispatch'],
    ['workflow of the run', run.path, `.github/workflows/${workflow}`],
    ['branch of the run', run.branch, defaultBranch],
    ['job in the run’s title', title?.id ?? run.title, job.id],
    ['attempt in the run’s title', String(title?.attempt), String(attempt)],
    ['run is over', String(run.status === 'completed'), 'false'],
  ]);
}

function firstDifference(pairs: [what: string, is: string, expected: string][]): string | undefined {
  const wrong = pairs.find(([, is, expected]) => is !== expected);
  return wrong && `${wrong[0]} is ${wrong[1]}, not ${wrong[2]}`;
}
