import { type GitObject, readObjects } from './read-objects.ts';
import { git, lines } from './run-git.ts';

export type GitPerson = { name: string; email: string; date: string };

export type GitCommit = {
  sha: string;
  tree: string;
  parents: string[];
  author: GitPerson;
  committer: GitPerson;
  message: string;
};

export const parsePerson = (line: string): GitPerson => {
  const match = /^(.*?) ?<(.*)> (\d+) [+-]\d{4}$/.exec(line);
  const seconds = Number(match?.[3] ?? 0);
  const date = new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
  return { name: match?.[1] ?? '', email: match?.[2] ?? '', date };
};

export const parseCommit = ({ sha, content }: GitObject): GitCommit => {
  const text = content.toString();
  const split = text.indexOf('\n\n');
  const headers = (split < 0 ? text : text.slice(0, split)).split('\n');
  const values = (name: string): string[] =>
    headers.filter((header) => header.startsWith(`${name} `)).map((header) => header.slice(name.length + 1));
  return {
    sha,
    tree: values('tree')[0] ?? '',
    parents: values('parent'),
    author: parsePerson(values('author')[0] ?? ''),
    committer: parsePerson(values('committer')[0] ?? ''),
    message: split < 0 ? '' : text.slice(split + 2).replace(/\n$/, ''),
  };
};

export const readCommits = async (gitDir: string, shas: string[]): Promise<GitCommit[]> => {
  const objects = await readObjects(gitDir, shas);
  return objects.filter((object) => object?.type === 'commit').map((object) => parseCommit(object!));
};

export const readCommit = async (gitDir: string, sha: string): Promise<GitCommit | undefined> =>
  (await readCommits(gitDir, [sha]))[0];

/** SHAs that `git rev-list` gives for its arguments, newest first. */
export const listCommits = async (gitDir: string, args: string[]): Promise<string[]> =>
  lines(await git(gitDir, ['rev-list', ...args]));

export const isAncestor = async (gitDir: string, ancestor: string, of: string): Promise<boolean> =>
  (await git(gitDir, ['rev-list', '--count', '--max-count=1', ancestor, `^${of}`])).trim() === '0';
