import type { GitHub } from '../../ports/github.ts';
import { createCheckoutAccess } from './checkout-access.ts';
import { createChecks } from './checks.ts';
import { createComments } from './comments.ts';
import { rememberCommits } from './commit-memory.ts';
import { createDeployments } from './deployments.ts';
import { createAppIdentity } from './identity.ts';
import { createIssues } from './issues.ts';
import type { GitHubAccess, Octokit } from './octokit.ts';
import { createPeople } from './people.ts';
import { createPulls } from './pulls.ts';
import { createReleases } from './releases.ts';
import { createSourceFiles } from './source-files.ts';

/** Making a client costs more than most calls; the throttle's bucket belongs to the installation, not to the client. */
function remembering(access: GitHubAccess): GitHubAccess {
  const clients = new Map<number | undefined, Promise<Octokit>>();
  return {
    appId: access.appId,
    octokitFor: (installationId) => {
      const known = clients.get(installationId);
      if (known) return known;
      const made = access.octokitFor(installationId);
      clients.set(installationId, made);
      made.catch(() => clients.delete(installationId));
      return made;
    },
  };
}

export function createGitHub(given: GitHubAccess): GitHub {
  const access = remembering(given);
  const identity = createAppIdentity(access);
  return {
    ...rememberCommits(createSourceFiles(access), createPulls(access)),
    checks: createChecks(access),
    comments: createComments(access, identity),
    issues: createIssues(access, identity),
    people: createPeople(access),
    releases: createReleases(access),
    deployments: createDeployments(access),
    access: createCheckoutAccess(access),
  };
}
