import type { PullRequest, Pulls, RepositoryRef } from '../../ports/github.ts';
import { type GitHubAccess, type Octokit, once } from './octokit.ts';
import { doing, unless } from './translate-error.ts';

type Wire = {
  number: number;
  title: string;
  user: { login: string } | null;
  state: string;
  draft?: boolean;
  merged?: boolean;
  merged_at: string | null;
  merge_commit_sha: string | null;
  head: { sha: string; ref: string; repo: { id: number } | null };
  base: { sha: string; ref: string; repo: { id: number } };
  html_url: string;
};

/** GitHub lists no more files than this of one pull request. */
const mostFiles = 3_000;

function pullOf(wire: Wire): PullRequest {
  const merged = wire.merged ?? wire.merged_at !== null;
  return {
    number: wire.number,
    title: wire.title,
    author: wire.user?.login ?? 'ghost',
    state: wire.state === 'open' ? 'open' : 'closed',
    draft: wire.draft ?? false,
    merged,
    ...(merged && wire.merge_commit_sha ? { mergeCommit: wire.merge_commit_sha } : {}),
    // a head whose repository is gone was a fork
    head: { sha: wire.head.sha, branch: wire.head.ref, fromFork: wire.head.repo?.id !== wire.base.repo.id },
    base: { sha: wire.base.sha, branch: wire.base.ref },
    url: wire.html_url,
  };
}

async function findOpen(octokit: Octokit, repository: RepositoryRef, branch: string): Promise<PullRequest | undefined> {
  const { data } = await octokit.rest.pulls.list({
    owner: repository.owner,
    repo: repository.name,
    state: 'open',
    head: `${repository.owner}:${branch}`,
  });
  return data.map(pullOf).find((pull) => pull.head.branch === branch && !pull.head.fromFork);
}

export function createPulls(access: GitHubAccess): Pulls {
  const clientOf = (repository: RepositoryRef): Promise<Octokit> => access.octokitFor(repository.installationId);
  return {
    get: (repository, number) =>
      doing(`reading pull request #${number}`, async () => {
        const { rest } = await clientOf(repository);
        const at = { owner: repository.owner, repo: repository.name, pull_number: number };
        return pullOf((await rest.pulls.get(at)).data);
      }),

    changedFiles: (repository, number) =>
      doing(`listing the files of pull request #${number}`, async () => {
        const octokit = await clientOf(repository);
        const files = await octokit.paginate(octokit.rest.pulls.listFiles, {
          owner: repository.owner,
          repo: repository.name,
          pull_number: number,
          per_page: 100,
        });
        if (files.length >= mostFiles) return 'too-many' as const;
        const paths = files.flatMap((file) =>
          file.previous_filename ? [file.previous_filename, file.filename] : [file.filename],
        );
        return [...new Set(paths)];
      }),

    listOpen: (repository) =>
      doing('listing open pull requests', async () => {
        const octokit = await clientOf(repository);
        const at = { owner: repository.owner, repo: repository.name, state: 'open', per_page: 100 } as const;
        return (await octokit.paginate(octokit.rest.pulls.list, at)).map(pullOf);
      }),

    mergeBase: (repository, base, head) =>
      doing(`comparing ${base} and ${head}`, async () => {
        const { rest } = await clientOf(repository);
        const at = { owner: repository.owner, repo: repository.name, basehead: `${base}...${head}`, per_page: 1 };
        return (await rest.repos.compareCommitsWithBasehead(at)).data.merge_base_commit.sha;
      }),

    open: (repository, change) =>
      doing(`opening a pull request for ${change.head}`, async () => {
        const octokit = await clientOf(repository);
        const found = await findOpen(octokit, repository, change.head);
        if (found) return found;
        const wanted = { owner: repository.owner, repo: repository.name, ...change };
        const created = await unless(
          422,
          undefined,
          async () => pullOf((await octokit.rest.pulls.create({ ...wanted, ...once })).data),
          /already exists/i,
        );
        return (
          created ?? (await findOpen(octokit, repository, change.head)) ?? Promise.reject(new Error('it vanished'))
        );
      }),
  };
}
