import { createHash } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from './make-folder.ts';

type Named = { id: string; digest: string };

export type BatchIndex = {
  /** Of what came under that id: whether it is that content; undefined: nothing that is remembered. */
  find(batch: Named): 'same' | 'different' | undefined;
  add(batch: Named): void;
  /** Writes down batches that are in no segment any more; on disk when it resolves. */
  keep(batches: Named[]): Promise<void>;
};

/** Twelve bytes of the id's hash and six of the content's digest, in text: an entry takes about 100 bytes of memory. */
const LINE = /^([\w-]{16}) ([0-9a-f]{12})$/;

/** Remembers the newest `most` batches of a log. The file grows to at most twice of them, then it is written anew. */
export async function openBatchIndex(file: string, most: number): Promise<BatchIndex> {
  const known = new Map<string, number>();
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  // A last line that is cut off is of batches whose segment is still there.
  let lines = 0;
  for (const line of text.split('\n')) {
    const [, key, digest] = LINE.exec(line) ?? [];
    if (key === undefined || digest === undefined) continue;
    note(key, digest);
    lines += 1;
  }
  if (text !== '' && !text.endsWith('\n')) await rewrite();

  function note(key: string, digest: string) {
    if (known.size >= most && !known.has(key)) {
      for (const oldest of known.keys()) {
        known.delete(oldest);
        break;
      }
    }
    known.set(key, Number.parseInt(digest, 16));
  }

  async function rewrite() {
    const handle = await open(`${file}.new`, 'w', 0o600);
    try {
      await handle.writeFile(Array.from(known, ([key, digest]) => `${key} ${digits(digest)}\n`).join(''));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${file}.new`, file);
    await syncFolder(path.dirname(file));
    lines = known.size;
  }

  return {
    find({ id, digest }) {
      const before = known.get(keyOf(id));
      if (before === undefined) return undefined;
      return before === Number.parseInt(digest.slice(0, 12), 16) ? 'same' : 'different';
    },
    add: ({ id, digest }) => note(keyOf(id), digest.slice(0, 12)),
    async keep(batches) {
      const handle = await open(file, 'a', 0o600);
      try {
        await handle.appendFile(batches.map(({ id, digest }) => `${keyOf(id)} ${digest.slice(0, 12)}\n`).join(''));
        await handle.sync();
      } finally {
        await handle.close();
      }
      if (lines === 0) await syncFolder(path.dirname(file));
      lines += batches.length;
      if (lines > 2 * most) await rewrite();
    },
  };
}

const keyOf = (id: string): string => createHash('sha256').update(id).digest('base64url').slice(0, 16);

const digits = (digest: number): string => digest.toString(16).padStart(12, '0');
