import { branchOf } from '../ci/find-run.ts';
import type { WorkflowRun } from '../ci/records.ts';
import { readCommit } from '../git/commits.ts';
import type { Repository } from '../state.ts';
import { memoize, nodeId, type World } from '../world.ts';
import { pullRequestsOf } from './check.ts';
import { simpleCommitObject } from './commit.ts';
import { repositoryObject } from './repository.ts';
import { repositoryApiUrl, repositoryHtmlUrl } from './urls.ts';
import { userObject } from './user.ts';

export const runHtmlUrl = (world: World, repository: Repository, run: { id: number }): string =>
  `${repositoryHtmlUrl(world.state, repository)}/actions/runs/${run.id}`;

export const workflowRunObject = async (
  world: World,
  repository: Repository,
  run: WorkflowRun,
  pulls = true,
): Promise<Record<string, unknown>> => {
  const { state } = world;
  const api = repositoryApiUrl(state, repository);
  const url = `${api}/actions/runs/${run.id}`;
  const commit = await memoize(world, `commit ${repository.id} ${run.headSha}`, () =>
    readCommit(repository.gitDir, run.headSha),
  );
  const repositoryShown = repositoryObject(state, repository);
  const previous = run.attempt > 1 ? `${url}/attempts/${run.attempt - 1}` : null;
  return {
    id: run.id,
    name: run.workflowName,
    node_id: nodeId('WorkflowRun', run.id),
    head_branch: branchOf(run.ref),
    head_sha: run.headSha,
    path: run.workflowPath,
    display_title: run.displayTitle,
    run_number: run.number,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion ?? null,
    workflow_id: run.workflowId,
    check_suite_id: run.checkSuiteId,
    check_suite_node_id: nodeId('CheckSuite', run.checkSuiteId),
    url,
    html_url: runHtmlUrl(world, repository, run),
    pull_requests: pulls ? pullRequestsOf(world, repository, run.headSha) : [],
    created_at: run.createdAt,
    updated_at: run.updatedAt,
    actor: userObject(state, run.actor),
    run_attempt: run.attempt,
    referenced_workflows: [],
    run_started_at: run.startedAt,
    triggering_actor: userObject(state, run.triggeringActor),
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${api}/check-suites/${run.checkSuiteId}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: previous,
    workflow_url: `${api}/actions/workflows/${run.workflowId}`,
    head_commit: commit ? simpleCommitObject(commit) : null,
    repository: repositoryShown,
    head_repository: repositoryShown,
  };
};
