import type { Workflow } from '../ci/records.ts';
import type { ForgeState, Repository } from '../state.ts';
import { nodeId } from '../world.ts';
import { repositoryApiUrl, repositoryHtmlUrl } from './urls.ts';

export const workflowObject = (state: ForgeState, repository: Repository, workflow: Workflow) => {
  const html = repositoryHtmlUrl(state, repository);
  return {
    id: workflow.id,
    node_id: nodeId('Workflow', workflow.id),
    name: workflow.name,
    path: workflow.path,
    state: workflow.state,
    created_at: workflow.createdAt,
    updated_at: workflow.updatedAt,
    url: `${repositoryApiUrl(state, repository)}/actions/workflows/${workflow.id}`,
    html_url: `${html}/blob/${repository.defaultBranch}/${workflow.path}`,
    badge_url: `${html}/workflows/${encodeURIComponent(workflow.name)}/badge.svg`,
  };
};
