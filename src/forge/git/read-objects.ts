import type { ChildProcessByStdio } from 'node:child_process';
import type { Socket } from 'node:net';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { startGit } from './run-git.ts';

export type GitObject = { sha: string; type: 'blob' | 'tree' | 'commit' | 'tag'; content: Buffer };

/**
 * Any number of objects (`SHA`, `SHA:path`, `ref^{commit}`, …); undefined for what does not exist. They are read by one
 * process a repository, which is kept for a while: a process that has grown takes tens of milliseconds to start another.
 */
export const readObjects = (gitDir: string, names: string[]): Promise<(GitObject | undefined)[]> =>
  Promise.all(names.map((name) => readObject(gitDir, name)));

export const readObject = async (gitDir: string, name: string): Promise<GitObject | undefined> =>
  /[\n\r]/.test(name) ? undefined : readerOf(gitDir).read(name);

/** As git and GitHub do: a NUL byte in the first 8,000 bytes. */
export const isBinary = (content: Buffer): boolean => content.subarray(0, 8000).includes(0);

type Asked = { resolve(found: GitObject | undefined): void; reject(error: Error): void };

/** One that nobody asks for so long ends. */
const IDLE_MS = 10_000;

const readers = new Map<string, ObjectReader>();

function readerOf(gitDir: string): ObjectReader {
  const known = readers.get(gitDir);
  if (known) return known;
  const reader = new ObjectReader(gitDir);
  readers.set(gitDir, reader);
  return reader;
}

/** Ends the processes that are kept for repositories below `folder`. */
export async function endReaders(folder: string): Promise<void> {
  const below = [...readers].filter(([gitDir]) => gitDir.startsWith(`${folder}${path.sep}`));
  await Promise.all(below.map(([, reader]) => reader.end()));
}

class ObjectReader {
  private readonly gitDir: string;
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;
  private readonly ended: Promise<void>;
  private readonly asked: Asked[] = [];
  private chunks: Buffer[] = [];
  private size = 0;
  /** Bytes that have to be there before reading on makes sense. */
  private wanted = 1;
  private idle: NodeJS.Timeout | undefined;

  constructor(gitDir: string) {
    this.gitDir = gitDir;
    this.child = startGit(gitDir, ['cat-file', '--batch'], ['pipe', 'pipe', 'ignore']);
    this.child.stdout.on('data', (chunk: Buffer) => this.take(chunk));
    this.child.stdin.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      const over = (error?: Error) => {
        this.fail(error ?? new Error(`git cat-file of ${gitDir} ended`));
        resolve();
      };
      this.child.once('error', over).once('close', () => over());
    });
  }

  read(name: string): Promise<GitObject | undefined> {
    clearTimeout(this.idle);
    this.keepAwake(true);
    return new Promise((resolve, reject) => {
      this.asked.push({ resolve, reject });
      this.child.stdin.write(`${name}\n`);
    });
  }

  end(): Promise<void> {
    clearTimeout(this.idle);
    if (readers.get(this.gitDir) === this) readers.delete(this.gitDir);
    this.keepAwake(true);
    this.child.stdin.end();
    return this.ended;
  }

  private fail(error: Error): void {
    if (readers.get(this.gitDir) === this) readers.delete(this.gitDir);
    for (const { reject } of this.asked.splice(0)) reject(error);
  }

  private take(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.size += chunk.length;
    if (this.size < this.wanted) return;
    let held = Buffer.concat(this.chunks);
    this.wanted = 1;
    for (;;) {
      const answer = parseAnswer(held);
      if ('wanted' in answer) {
        this.wanted = answer.wanted;
        break;
      }
      held = held.subarray(answer.length);
      this.asked.shift()?.resolve(answer.object);
    }
    this.chunks = held.length > 0 ? [held] : [];
    this.size = held.length;
    if (this.asked.length > 0) return;
    this.idle = setTimeout(() => void this.end(), IDLE_MS).unref();
    this.keepAwake(false);
  }

  /** Whoever has nothing else to do need not wait for one that waits for questions. */
  private keepAwake(awake: boolean): void {
    for (const one of [this.child, this.child.stdin as Socket, this.child.stdout as Socket]) {
      if (awake) one.ref();
      else one.unref();
    }
  }
}

type Answer = { object: GitObject | undefined; length: number } | { wanted: number };

/** The first answer in `held`, or how many bytes it takes at least. */
function parseAnswer(held: Buffer): Answer {
  const end = held.indexOf(10);
  if (end < 0) return { wanted: held.length + 1 };
  const header = held.subarray(0, end).toString();
  const match = /^([0-9a-f]{40}) (blob|tree|commit|tag) (\d+)$/.exec(header);
  // `<name> missing` or `<name> ambiguous`, without a body
  if (!match) return { object: undefined, length: end + 1 };
  const from = end + 1;
  const length = from + Number(match[3]) + 1;
  if (held.length < length) return { wanted: length };
  const content = Buffer.from(held.subarray(from, length - 1));
  return { object: { sha: match[1]!, type: match[2] as GitObject['type'], content }, length };
}
