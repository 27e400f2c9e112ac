import type { CheckoutAccess } from '../../ports/github.ts';
import type { GitHubAccess, Octokit } from './octokit.ts';
import { doing } from './translate-error.ts';

/** Where git is served: the API's host without `api.` (github.com, ghe.com) or without `/api/v3` (Enterprise Server). */
const gitOrigin = (octokit: Octokit): string => {
  const api = new URL(octokit.request.endpoint.DEFAULTS.baseUrl);
  return `${api.protocol}//${api.host.replace(/^api\./, '')}`;
};

export function createCheckoutAccess(access: GitHubAccess): CheckoutAccess {
  return {
    checkout: (repository) =>
      doing('asking for a token to check out', async () => {
        // octokit.auth({type: 'installation'}) would ask github.com whatever the base address
        const octokit = await access.octokitFor();
        const { data } = await octokit.rest.apps.createInstallationAccessToken({
          installation_id: repository.installationId,
          repositories: [repository.name],
          permissions: { contents: 'read' },
        });
        return { url: `${gitOrigin(octokit)}/${repository.owner}/${repository.name}.git`, token: data.token };
      }),
  };
}
