import { AppError } from '../../domain/errors.ts';
import type { RepositoryRef, SourceFiles, TreeEntry } from '../../ports/github.ts';
import { createCommit } from './create-commit.ts';
import { type GitHubAccess, type Octokit, once } from './octokit.ts';
import { readTexts } from './read-texts.ts';
import { doing, unless } from './translate-error.ts';

async function readTree(octokit: Octokit, repository: RepositoryRef, sha: string, prefix = ''): Promise<TreeEntry[]> {
  const at = { owner: repository.owner, repo: repository.name, tree_sha: sha };
  const { data } = await octokit.rest.git.getTree({ ...at, recursive: '1' });
  const blobsOf = (entries: typeof data.tree): TreeEntry[] =>
    entries
      .filter((entry) => entry.type === 'blob')
      .map((entry) => ({ path: prefix + entry.path, sha: entry.sha ?? '', mode: entry.mode ?? '' }));
  if (!data.truncated) return blobsOf(data.tree);
  // above 100,000 entries or 7 MB: folder by folder
  const shallow = await octokit.rest.git.getTree(at);
  if (shallow.data.truncated) throw new AppError('config/environment', `the folder ${prefix || '/'} is too large`);
  const below: TreeEntry[] = [];
  for (const entry of shallow.data.tree) {
    if (entry.type !== 'tree' || !entry.sha) continue;
    below.push(...(await readTree(octokit, repository, entry.sha, `${prefix}${entry.path}/`)));
  }
  return [...blobsOf(shallow.data.tree), ...below];
}

export function createSourceFiles(access: GitHubAccess): SourceFiles {
  const clientOf = (repository: RepositoryRef): Promise<Octokit> => access.octokitFor(repository.installationId);
  return {
    tree: (repository, sha) =>
      doing(`reading the tree of ${sha}`, async () => readTree(await clientOf(repository), repository, sha)),

    read: (repository, requests) =>
      doing(`reading ${requests.length} files`, async () =>
        readTexts(await clientOf(repository), repository, requests),
      ),

    branchHead: (repository, branch) =>
      doing(`reading the branch ${branch}`, async () => {
        const { rest } = await clientOf(repository);
        const at = { owner: repository.owner, repo: repository.name, ref: `heads/${branch}` };
        return unless(404, undefined, async () => (await rest.git.getRef(at)).data.object.sha);
      }),

    createBranch: (repository, branch, sha) =>
      doing(`creating the branch ${branch}`, async () => {
        const { rest } = await clientOf(repository);
        const ref = { owner: repository.owner, repo: repository.name, ref: `refs/heads/${branch}`, sha };
        return unless(
          422,
          'exists' as const,
          async () => {
            await rest.git.createRef({ ...ref, ...once });
            return 'created' as const;
          },
          /already exists/i,
        );
      }),

    commit: (repository, change) =>
      doing(`committing to ${change.branch}`, async () => createCommit(await clientOf(repository), repository, change)),
  };
}
