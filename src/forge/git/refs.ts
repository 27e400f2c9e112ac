import { readObject } from './read-objects.ts';
import { git, lines, tryGit } from './run-git.ts';

export const noSha = '0'.repeat(40);

export type Ref = {
  /** Full name, `refs/heads/main`. */
  name: string;
  sha: string;
  type: 'commit' | 'tag' | 'tree' | 'blob';
};

/** All refs below the prefixes (whole path parts, as in `refs/heads`), by name. */
export const listRefs = async (gitDir: string, ...prefixes: string[]): Promise<Ref[]> => {
  const text = await git(gitDir, ['for-each-ref', '--format=%(objectname) %(objecttype) %(refname)', ...prefixes]);
  return lines(text).map((line) => {
    const [sha = '', type = '', ...name] = line.split(' ');
    return { name: name.join(' '), sha, type: type as Ref['type'] };
  });
};

export const readRef = async (gitDir: string, name: string): Promise<Ref | undefined> => {
  const refs = await listRefs(gitDir, name);
  return refs.find((ref) => ref.name === name);
};

/** SHA of the commit that a SHA, branch, tag or `HEAD` names; undefined when there is none. */
export const resolveCommit = async (gitDir: string, revision: string): Promise<string | undefined> => {
  if (revision.startsWith('-') || /[\s:^~]|@\{|\.\./.test(revision)) return undefined;
  const candidates = /^[0-9a-f]{40}$/.test(revision) ? [revision] : [`refs/heads/${revision}`, revision];
  for (const candidate of candidates) {
    const commit = await readObject(gitDir, `${candidate}^{commit}`);
    if (commit) return commit.sha;
  }
  return undefined;
};

export const isValidRefName = async (gitDir: string, name: string): Promise<boolean> =>
  (await tryGit(gitDir, ['check-ref-format', name])).code === 0;

/**
 * Moves a ref only if it is where the caller believes it to be (`noSha`: it must not exist yet). Of two callers with the
 * same belief exactly one gets `true`.
 */
export const moveRef = async (gitDir: string, name: string, to: string, from: string): Promise<boolean> =>
  (await tryGit(gitDir, ['update-ref', name, to, from])).code === 0;

export const deleteRef = async (gitDir: string, name: string, from: string): Promise<boolean> =>
  (await tryGit(gitDir, ['update-ref', '-d', name, from])).code === 0;
