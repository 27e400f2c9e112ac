import { createHash } from 'node:crypto';

type Commit = { sha: string; parents: string[]; files: Map<string, string>; message: string };

/** Commits and branches as plain data: whole snapshots, three-way merges by whole files. */
export type FakeCommits = {
  branches: Map<string, string>;
  get(sha: string): Commit;
  /** A commit, or the branch of a `refs/heads/…`. */
  resolve(name: string): Commit | undefined;
  /** `undefined` removes a file. */
  commit(branch: string, files: Record<string, string | undefined>, message?: string, parents?: string[]): string;
  merge(branch: string, head: string): string;
  mergeBase(one: string, other: string): string;
  changed(from: string, to: string): string[];
};

export const fakeSha = (text: string): string => createHash('sha1').update(text).digest('hex');

export function createFakeCommits(initial: Record<string, string>): FakeCommits {
  const commits = new Map<string, Commit>();
  const branches = new Map<string, string>();

  function get(sha: string): Commit {
    const commit = commits.get(sha);
    if (!commit) throw new Error(`no commit ${sha}`);
    return commit;
  }

  function add(parents: string[], files: Map<string, string>, message: string): string {
    const sha = fakeSha(JSON.stringify([parents, [...files], message, commits.size]));
    commits.set(sha, { sha, parents, files, message });
    return sha;
  }

  function ancestors(sha: string): string[] {
    const seen = new Set<string>();
    const queue = [sha];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (seen.has(next)) continue;
      seen.add(next);
      queue.push(...get(next).parents);
    }
    return [...seen];
  }

  function mergeBase(one: string, other: string): string {
    const known = new Set(ancestors(one));
    const found = ancestors(other).find((sha) => known.has(sha));
    if (!found) throw new Error('unrelated histories');
    return found;
  }

  function changed(from: string, to: string): string[] {
    const [before, after] = [get(from).files, get(to).files];
    return [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));
  }

  const root = add([], new Map(Object.entries(initial)), 'Begin');
  branches.set('main', root);

  const fake: FakeCommits = {
    branches,
    get,
    resolve: (name) =>
      name.startsWith('refs/heads/')
        ? commits.get(branches.get(name.slice('refs/heads/'.length)) ?? '')
        : commits.get(name),
    commit: (branch, files, message = 'Change', parents) => {
      const tip = branches.get(branch) ?? root;
      const next = new Map(get(tip).files);
      for (const [path, text] of Object.entries(files)) text === undefined ? next.delete(path) : next.set(path, text);
      const sha = add(parents ?? [tip], next, message);
      branches.set(branch, sha);
      return sha;
    },
    merge: (branch, head) => {
      const tip = branches.get(branch) ?? root;
      const mine = get(head).files;
      const files = Object.fromEntries(changed(mergeBase(tip, head), head).map((path) => [path, mine.get(path)]));
      return fake.commit(branch, files, 'Merge', [tip, head]);
    },
    mergeBase,
    changed,
  };
  return fake;
}
