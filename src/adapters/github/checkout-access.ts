import { LRUCache } from 'lru-cache';
import type { CheckoutAccess, RepositoryRef } from '../../ports/github.ts';
import type { GitHubAccess, Octokit } from './octokit.ts';
import { doing } from './translate-error.ts';

/** Where git is served: the API's host without `api.` (github.com, ghe.com) or without `/api/v3` (Enterprise Server). */
const gitOrigin = (octokit: Octokit): string => {
  const api = new URL(octokit.request.endpoint.DEFAULTS.baseUrl);
  return `${api.protocol}//${api.host.replace(/^api\./, '')}`;
};

/** GitHub's tokens last an hour; a checkout that begins this long after another one's still has most of that. */
const SHARED_MS = 600_000;
const MOST_REPOSITORIES = 1_000;

type Access = { url: string; token: string };

/** Jobs of one repository that begin within minutes share a token: it opens the same, for as long. */
export function createCheckoutAccess(access: GitHubAccess): CheckoutAccess {
  const given = new LRUCache<string, Access, RepositoryRef>({
    max: MOST_REPOSITORIES,
    ttl: SHARED_MS,
    fetchMethod: (_key, _old, { context: repository }) => ask(repository),
    ignoreFetchAbort: true,
  });

  async function ask(repository: RepositoryRef): Promise<Access> {
    // octokit.auth({type: 'installation'}) would ask github.com whatever the base address
    const octokit = await access.octokitFor();
    const { data } = await octokit.rest.apps.createInstallationAccessToken({
      installation_id: repository.installationId,
      repositories: [repository.name],
      permissions: { contents: 'read' },
    });
    return { url: `${gitOrigin(octokit)}/${repository.owner}/${repository.name}.git`, token: data.token };
  }

  return {
    checkout: (repository) =>
      doing('asking for a token to check out', () =>
        given.forceFetch(`${repository.installationId}/${repository.owner}/${repository.name}`, {
          context: repository,
        }),
      ),
  };
}
