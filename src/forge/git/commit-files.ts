import { git } from './run-git.ts';
import { listTree } from './trees.ts';
import type { Signature } from './write-commit.ts';

export type FileChanges = {
  additions: { path: string; content: Buffer }[];
  deletions: string[];
};

const person = (signature: Signature): string => {
  const seconds = Math.floor((signature.date ? Date.parse(signature.date) : Date.now()) / 1000);
  return `${signature.name.replace(/[<>\n]/g, '')} <${signature.email.replace(/[<>\n]/g, '')}> ${seconds} +0000`;
};

const quote = (path: string): string => `"${path.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`;

/**
 * Writes a commit with the files changed against `parent` (undefined: a first commit) in one git process and gives its
 * SHA. No branch is moved.
 */
export const commitFiles = async (
  gitDir: string,
  commit: { parent: string | undefined; message: string; author: Signature; committer?: Signature } & FileChanges,
): Promise<string> => {
  const existing = commit.parent ? ((await listTree(gitDir, commit.parent, { recursive: true })) ?? []) : [];
  const modes = new Map(existing.map((entry) => [entry.path, entry.mode]));
  const parts: Buffer[] = [];
  const write = (text: string): void => void parts.push(Buffer.from(text));
  const data = (content: Buffer): void =>
    void parts.push(Buffer.from(`data ${content.length}\n`), content, Buffer.from('\n'));
  const ref = `refs/forge/${process.hrtime.bigint()}`;
  write(
    `commit ${ref}\nmark :1\nauthor ${person(commit.author)}\ncommitter ${person(commit.committer ?? commit.author)}\n`,
  );
  data(Buffer.from(`${commit.message.trimEnd()}\n`));
  if (commit.parent) write(`from ${commit.parent}\n`);
  for (const path of commit.deletions) write(`D ${quote(path)}\n`);
  for (const { path, content } of commit.additions) {
    const mode = modes.get(path);
    write(`M ${mode && mode !== '040000' ? mode : '100644'} inline ${quote(path)}\n`);
    data(content);
  }
  write(`\nget-mark :1\nreset ${ref}\nfrom ${'0'.repeat(40)}\n\n`);
  return (await git(gitDir, ['fast-import', '--quiet', '--force'], { input: Buffer.concat(parts) })).trim();
};
