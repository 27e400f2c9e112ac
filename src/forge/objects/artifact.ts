import { branchOf } from '../ci/find-run.ts';
import type { Artifact, WorkflowRun } from '../ci/records.ts';
import type { ForgeState, Repository } from '../state.ts';
import { nodeId } from '../world.ts';
import { repositoryApiUrl } from './urls.ts';

export const artifactObject = (
  state: ForgeState,
  repository: Repository,
  artifact: Artifact,
  run: WorkflowRun | undefined,
) => {
  const url = `${repositoryApiUrl(state, repository)}/actions/artifacts/${artifact.id}`;
  return {
    id: artifact.id,
    node_id: nodeId('Artifact', artifact.id),
    name: artifact.name,
    size_in_bytes: artifact.size,
    url,
    archive_download_url: `${url}/zip`,
    expired: Date.parse(artifact.expiresAt) <= Date.now(),
    digest: artifact.digest,
    created_at: artifact.createdAt,
    updated_at: artifact.createdAt,
    expires_at: artifact.expiresAt,
    ...(run
      ? {
          workflow_run: {
            id: run.id,
            repository_id: repository.id,
            head_repository_id: repository.id,
            head_branch: branchOf(run.ref),
            head_sha: run.headSha,
          },
        }
      : {}),
  };
};
