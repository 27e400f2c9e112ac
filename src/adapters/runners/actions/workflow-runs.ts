import type { WorkflowRun, WorkflowRuns } from '../../../ports/workflow-runs.ts';
import { type ActionsClient, asAppError, type ClientFor, refusalOf, repositoryParts } from './actions-client.ts';

/** GitHub's schema `workflow-run`, as far as it is read. */
type RawRun = {
  id: number;
  html_url: string;
  display_title: string;
  event: string;
  path: string;
  head_branch: string | null;
  head_sha: string;
  run_attempt?: number;
  status: string | null;
  conclusion: string | null;
  run_started_at?: string;
  created_at: string;
  repository: { id: number; owner: { id: number } };
};

export function createWorkflowRuns(options: { octokitFor: ClientFor }): WorkflowRuns {
  return { find: async (repository, runId) => findRun(await options.octokitFor(repository), repository, runId) };
}

export async function findRun(
  client: ActionsClient,
  repository: string,
  runId: number,
): Promise<WorkflowRun | undefined> {
  try {
    const route = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}';
    const { data } = await client.request(route, { ...repositoryParts(repository), run_id: runId });
    return toRun(data as RawRun);
  } catch (error) {
    if (refusalOf(error)?.status === 404) return undefined;
    throw asAppError(error, `looking at run ${runId} of ${repository}`);
  }
}

/** The newest runs of a workflow that were dispatched, one page. Lets GitHub's refusals through as they are. */
export async function listRuns(
  client: ActionsClient,
  repository: string,
  workflow: string,
  filter: { created?: string; status?: string; actor?: string } = {},
): Promise<WorkflowRun[]> {
  const { data } = await client.request('GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs', {
    ...repositoryParts(repository),
    workflow_id: workflow,
    event: 'workflow_dispatch',
    per_page: PAGE,
    ...filter,
  });
  return (data as { workflow_runs: RawRun[] }).workflow_runs.map(toRun);
}

export const PAGE = 100;

function toRun(raw: RawRun): WorkflowRun {
  return {
    id: raw.id,
    url: raw.html_url,
    title: raw.display_title,
    event: raw.event,
    // of a run on another branch GitHub may add `@<ref>`
    path: raw.path.split('@')[0]!,
    branch: raw.head_branch ?? '',
    headSha: raw.head_sha,
    attempt: raw.run_attempt ?? 1,
    status: raw.status ?? 'queued',
    ...(raw.conclusion && { conclusion: raw.conclusion }),
    startedAt: Date.parse(raw.run_started_at ?? raw.created_at),
    repositoryId: raw.repository.id,
    ownerId: raw.repository.owner.id,
  };
}
