import { accountOf } from '../find.ts';
import { apiUrl } from '../objects/urls.ts';
import type { Repository } from '../state.ts';
import type { World } from '../world.ts';
import { branchOf } from './find-run.ts';
import type { WorkflowRun } from './records.ts';

/** The `github` context of a run; a job adds its folders and its token. */
export const githubContext = (world: World, repository: Repository, run: WorkflowRun): Record<string, unknown> => {
  const { state } = world;
  const pull = run.payload.pull_request as { head: { ref: string }; base: { ref: string } } | undefined;
  return {
    actor: run.actor,
    actor_id: String(accountOf(state, run.actor).id),
    api_url: apiUrl(state),
    base_ref: pull?.base.ref ?? '',
    event: run.payload,
    event_name: run.event,
    graphql_url: `${state.url}/api/graphql`,
    head_ref: pull?.head.ref ?? '',
    ref: run.ref,
    ref_name: branchOf(run.ref),
    ref_protected: false,
    ref_type: run.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    repository: repository.fullName,
    repository_id: String(repository.id),
    repository_owner: repository.owner,
    repository_owner_id: String(accountOf(state, repository.owner).id),
    repositoryUrl: `${state.url.replace(/^https?/, 'git')}/${repository.fullName}.git`,
    repository_visibility: repository.private ? 'private' : 'public',
    retention_days: '90',
    run_attempt: String(run.attempt),
    run_id: String(run.id),
    run_number: String(run.number),
    secret_source: 'Actions',
    server_url: state.url,
    sha: run.headSha,
    triggering_actor: run.triggeringActor,
    workflow: run.workflowName,
    workflow_ref: `${repository.fullName}/${run.workflowPath}@${run.ref}`,
    workflow_sha: run.headSha,
  };
};
