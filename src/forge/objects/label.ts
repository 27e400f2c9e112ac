import type { ForgeState, Issue, Label, Repository } from '../state.ts';
import { nodeId } from '../world.ts';
import { repositoryApiUrl } from './urls.ts';

export const labelObject = (state: ForgeState, repository: Repository, label: Label): Record<string, unknown> => ({
  id: label.id,
  node_id: nodeId('Label', label.id),
  url: `${repositoryApiUrl(state, repository)}/labels/${encodeURIComponent(label.name)}`,
  name: label.name,
  color: label.color,
  default: label.default,
  description: label.description ?? null,
});

export const labelsOfIssue = (repository: Repository, issue: Issue): Label[] =>
  issue.labels.flatMap((name) => repository.labels.filter((label) => label.name === name));
