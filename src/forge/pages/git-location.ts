import { readObject } from '../git/read-objects.ts';
import { listRefs, resolveCommit } from '../git/refs.ts';
import type { Repository } from '../state.ts';

export type GitLocation = { ref: string; sha: string; path: string };

/** Splits `feature/x/docs/a.md` into a branch, tag or SHA and a path; the longest name that exists wins. */
export const locate = async (repository: Repository, rest: string): Promise<GitLocation | undefined> => {
  const refs = await listRefs(repository.gitDir, 'refs/heads', 'refs/tags');
  const names = refs.map((ref) => ref.name.replace(/^refs\/(heads|tags)\//, ''));
  const fitting = names.filter((name) => rest === name || rest.startsWith(`${name}/`));
  const ref = fitting.sort((left, right) => right.length - left.length)[0] ?? rest.split('/')[0] ?? '';
  const sha = await resolveCommit(repository.gitDir, ref);
  return sha ? { ref, sha, path: rest.slice(ref.length + 1) } : undefined;
};

export const readText = async (repository: Repository, sha: string, path: string): Promise<string | undefined> => {
  const object = await readObject(repository.gitDir, `${sha}:${path}`);
  return object?.type === 'blob' ? object.content.toString() : undefined;
};
