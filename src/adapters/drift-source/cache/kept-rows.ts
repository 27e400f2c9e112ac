import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';

/** Small Parquet files made of others, which are slow to read or far away. */
export type KeptRows = {
  /** Path of the file for these parts of a key; made when it is not there. */
  get(key: string[], make: (target: string) => Promise<void>): Promise<string>;
};

const USED_MS = 3_600_000;

export function createKeptRows(folder: string): KeptRows {
  return {
    async get(key, make) {
      const name = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 40);
      const file = path.join(folder, name.slice(0, 2), `${name}.parquet`);
      const there = await stat(file).catch(() => undefined);
      if (there) {
        const now = new Date();
        if (now.getTime() - there.mtimeMs > USED_MS) await utimes(file, now, now);
        return file;
      }
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      const temporary = `${file}.${randomUUID()}.tmp`;
      try {
        await make(temporary);
        await rename(temporary, file);
      } finally {
        await rm(temporary, { force: true });
      }
      return file;
    },
  };
}
