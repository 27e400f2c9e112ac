import type { Deployment, DeploymentStatus } from '../deployment-record.ts';
import type { ForgeState, Repository } from '../state.ts';
import { nodeId } from '../world.ts';
import { appObject } from './app.ts';
import { repositoryApiUrl } from './urls.ts';
import { userObject } from './user.ts';

export const deploymentObject = (
  state: ForgeState,
  repository: Repository,
  deployment: Deployment,
): Record<string, unknown> => {
  const api = repositoryApiUrl(state, repository);
  const url = `${api}/deployments/${deployment.id}`;
  return {
    url,
    id: deployment.id,
    node_id: nodeId('Deployment', deployment.id),
    sha: deployment.sha,
    ref: deployment.ref,
    task: deployment.task,
    payload: deployment.payload,
    original_environment: deployment.originalEnvironment,
    environment: deployment.environment,
    description: deployment.description ?? null,
    creator: userObject(state, deployment.creator),
    created_at: deployment.createdAt,
    updated_at: deployment.updatedAt,
    statuses_url: `${url}/statuses`,
    repository_url: api,
    transient_environment: deployment.transientEnvironment,
    production_environment: deployment.productionEnvironment,
    performed_via_github_app: deployment.byApp ? appObject(state) : null,
  };
};

export const deploymentStatusObject = (
  state: ForgeState,
  repository: Repository,
  deployment: Deployment,
  status: DeploymentStatus,
): Record<string, unknown> => {
  const api = repositoryApiUrl(state, repository);
  const url = `${api}/deployments/${deployment.id}`;
  return {
    url: `${url}/statuses/${status.id}`,
    id: status.id,
    node_id: nodeId('DeploymentStatus', status.id),
    state: status.state,
    creator: userObject(state, status.creator),
    description: status.description,
    environment: status.environment,
    target_url: status.logUrl,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    deployment_url: url,
    repository_url: api,
    environment_url: status.environmentUrl,
    log_url: status.logUrl,
    performed_via_github_app: status.byApp ? appObject(state) : null,
  };
};
