import { payloadOf, repositoryOf } from './payload.ts';

/** What an event says in passing and later questions need. */
export type Facts = {
  repository?: { id: string; installationId: number; defaultBranch: string };
  /** That commit is the head of that pull request: checks of forks do not say so. */
  head?: { repository: string; sha: string; pull: number };
  /** The set of repositories in reach changed. */
  installationsChanged: boolean;
};

const ofInstallations = new Set(['installation', 'installation_repositories', 'repository']);

export function factsOf(event: string, payload: unknown): Facts {
  const known = payloadOf(payload);
  const id = repositoryOf(known);
  const { installation, repository, pull_request: pull } = known;
  const facts: Facts = { installationsChanged: ofInstallations.has(event) };
  if (!id) return facts;
  if (installation?.id && repository?.default_branch) {
    facts.repository = { id, installationId: installation.id, defaultBranch: repository.default_branch };
  }
  if (event === 'pull_request' && pull?.number && pull.head?.sha) {
    facts.head = { repository: id, sha: pull.head.sha, pull: pull.number };
  }
  return facts;
}
