import type { Installations, InstalledRepository } from '../../ports/installations.ts';
import type { GitHubAccess } from './octokit.ts';
import { doing } from './translate-error.ts';

export function createInstallations(access: Pick<GitHubAccess, 'octokitFor'>): Installations {
  const repositoriesOf = async (installationId: number): Promise<InstalledRepository[]> => {
    const octokit = await access.octokitFor(installationId);
    const wanted = { per_page: 100 };
    const found = await octokit.paginate(octokit.rest.apps.listReposAccessibleToInstallation, wanted);
    return found
      .filter(({ archived }) => !archived)
      .map(({ full_name, default_branch }) => ({
        repository: full_name,
        installationId,
        defaultBranch: default_branch,
      }));
  };
  return {
    list: () =>
      doing('listing the installations', async () => {
        const octokit = await access.octokitFor();
        const installations = await octokit.paginate(octokit.rest.apps.listInstallations, { per_page: 100 });
        const lists: InstalledRepository[] = [];
        for (const { id, suspended_at } of installations) {
          if (!suspended_at) lists.push(...(await repositoriesOf(id)));
        }
        return lists;
      }),
  };
}
