import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SourceFile } from '../files/walk.ts';

/**
 * Event times of the first and last row of a file, or of several that were read together, epoch ms; null: it has no row
 * with a time, or cannot be read.
 */
export type Edges = { first: number; last: number } | null;

/** What was found out about a source's files, whatever they are compared with. */
export type KnownSpans = {
  get(file: SourceFile): Edges | undefined;
  set(file: SourceFile, edges: Edges): void;
  /** Writes down what is new. */
  save(): Promise<void>;
};

const MAX_FILES = 200_000;

export async function openKnownSpans(folder: string, source: string): Promise<KnownSpans> {
  const file = path.join(folder, `${source}.json`);
  const known = new Map<string, [stamp: string, edges: Edges]>(await load(file));
  let changed = false;
  return {
    get({ uri, stamp }) {
      const found = known.get(uri);
      return found?.[0] === stamp ? found[1] : undefined;
    },
    set({ uri, stamp }, edges) {
      // Set anew it is the youngest: what is forgotten first was found out first.
      known.delete(uri);
      known.set(uri, [stamp, edges]);
      changed = true;
    },
    async save() {
      if (!changed) return;
      changed = false;
      for (const uri of known.keys()) {
        if (known.size <= MAX_FILES) break;
        known.delete(uri);
      }
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const temporary = `${file}.${randomUUID()}.tmp`;
      await writeFile(temporary, JSON.stringify([...known]), { mode: 0o600 });
      await rename(temporary, file);
    },
  };
}

async function load(file: string): Promise<[string, [string, Edges]][]> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as [string, [string, Edges]][];
  } catch {
    return [];
  }
}
