import type { GitCommit } from '../git/commits.ts';
import { git, lines } from '../git/run-git.ts';
import { loginOfPerson } from '../objects/commit.ts';
import { repositoryHtmlUrl } from '../objects/urls.ts';
import type { Repository } from '../state.ts';
import { memoize, type World } from '../world.ts';

const changedPaths = async (
  gitDir: string,
  sha: string,
): Promise<Record<'added' | 'removed' | 'modified', string[]>> => {
  const args = ['diff-tree', '-r', '--root', '--no-commit-id', '--no-renames', '--name-status', sha];
  const rows = lines(await git(gitDir, ['-c', 'core.quotePath=false', ...args])).map((line) => line.split('\t'));
  const pick = (letters: string): string[] =>
    rows.filter(([letter = '']) => letters.includes(letter[0] ?? '')).map(([, path = '']) => path);
  return { added: pick('A'), removed: pick('D'), modified: pick('MT') };
};

/** A commit as push payloads carry it. */
export const commitPayload = async (
  world: World,
  repository: Repository,
  commit: GitCommit,
): Promise<Record<string, unknown>> => {
  const paths = await memoize(world, `paths ${commit.sha}`, () => changedPaths(repository.gitDir, commit.sha));
  const person = (each: GitCommit['author']): Record<string, unknown> => {
    const login = loginOfPerson(world.state, each);
    return { name: each.name, email: each.email, ...(login ? { username: login } : {}) };
  };
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    url: `${repositoryHtmlUrl(world.state, repository)}/commit/${commit.sha}`,
    author: person(commit.author),
    committer: person(commit.committer),
    ...paths,
  };
};
