import type { Deployments, RepositoryRef } from '../../ports/github.ts';
import { cutText } from './cut-text.ts';
import { type GitHubAccess, type Octokit, once } from './octokit.ts';
import { doing } from './translate-error.ts';

type Wanted = Parameters<Deployments['ensure']>[1];

const longestDescription = 140;

/** GitHub answers the payload as it was sent or as the JSON text of it. */
const keyOf = (payload: unknown): unknown => {
  try {
    const value = typeof payload === 'string' ? JSON.parse(payload) : payload;
    return (value as { sluice?: unknown } | null)?.sluice;
  } catch {
    return undefined;
  }
};

async function find(octokit: Octokit, repository: RepositoryRef, wanted: Wanted): Promise<number | undefined> {
  const pages = octokit.paginate.iterator(octokit.rest.repos.listDeployments, {
    owner: repository.owner,
    repo: repository.name,
    environment: wanted.environment,
    sha: wanted.sha,
    per_page: 100,
  });
  for await (const { data } of pages) {
    const found = data.find((deployment) => keyOf(deployment.payload) === wanted.key);
    if (found) return found.id;
  }
  return undefined;
}

export function createDeployments(access: GitHubAccess): Deployments {
  return {
    ensure: (repository, wanted) =>
      doing(`creating the deployment to ${wanted.environment}`, async () => {
        if (wanted.knownId !== undefined) return { id: wanted.knownId };
        const octokit = await access.octokitFor(repository.installationId);
        const found = await find(octokit, repository, wanted);
        if (found !== undefined) return { id: found };
        const { data } = await octokit.rest.repos.createDeployment({
          owner: repository.owner,
          repo: repository.name,
          ref: wanted.sha,
          environment: wanted.environment,
          description: cutText(wanted.description, longestDescription),
          payload: { sluice: wanted.key },
          auto_merge: false,
          required_contexts: [],
          ...once,
        });
        if (!('id' in data)) throw new Error(data.message ?? 'GitHub did not create it');
        return { id: data.id };
      }),

    setStatus: (repository, id, status) =>
      doing(`setting deployment ${id} to ${status.state}`, async () => {
        const { rest } = await access.octokitFor(repository.installationId);
        const at = { owner: repository.owner, repo: repository.name, deployment_id: id };
        const description = cutText(status.description, longestDescription);
        const [newest] = (await rest.repos.listDeploymentStatuses({ ...at, per_page: 1 })).data;
        const isSame =
          newest?.state === status.state &&
          newest.description === description &&
          (newest.environment_url ?? '') === (status.environmentUrl ?? '') &&
          (newest.log_url ?? '') === (status.logUrl ?? '');
        if (isSame) return;
        await rest.repos.createDeploymentStatus({
          ...at,
          state: status.state,
          description,
          ...(status.environmentUrl ? { environment_url: status.environmentUrl } : {}),
          ...(status.logUrl ? { log_url: status.logUrl } : {}),
          ...once,
        });
      }),
  };
}
