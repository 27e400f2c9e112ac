import { type GitOptions, tryGit } from './run-git.ts';

export type GitObject = { sha: string; type: 'blob' | 'tree' | 'commit' | 'tag'; content: Buffer };

/** Reads any number of objects (`SHA`, `SHA:path`, …) with one git process; undefined for what does not exist. */
export const readObjects = async (gitDir: string, names: string[]): Promise<(GitObject | undefined)[]> => {
  if (names.length === 0) return [];
  const usable = names.map((name) => (/[\n\r]/.test(name) ? 'missing' : name));
  const options: GitOptions = { input: `${usable.join('\n')}\n` };
  const { stdout } = await tryGit(gitDir, ['cat-file', '--batch'], options);
  const found: (GitObject | undefined)[] = [];
  let at = 0;
  for (const name of usable) {
    const end = stdout.indexOf(10, at);
    const header = stdout.subarray(at, end).toString();
    const match = /^([0-9a-f]{40}) (blob|tree|commit|tag) (\d+)$/.exec(header);
    if (!match) {
      // `<name> missing` or `<name> ambiguous`, without a body
      if (end < 0) throw new Error(`git cat-file: no answer for ${name}`);
      found.push(undefined);
      at = end + 1;
      continue;
    }
    const size = Number(match[3]);
    const content = stdout.subarray(end + 1, end + 1 + size);
    found.push({ sha: match[1]!, type: match[2] as GitObject['type'], content });
    at = end + 1 + size + 1;
  }
  return found;
};

export const readObject = async (gitDir: string, name: string): Promise<GitObject | undefined> =>
  (await readObjects(gitDir, [name]))[0];

/** As git and GitHub do: a NUL byte in the first 8,000 bytes. */
export const isBinary = (content: Buffer): boolean => content.subarray(0, 8000).includes(0);
