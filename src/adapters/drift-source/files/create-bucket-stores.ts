import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Bucket, createS3Buckets, type S3Options } from './bucket.ts';
import { createBucketStore, type Spool } from './bucket-store.ts';
import type { FileStore } from './file-store.ts';

const GIBIBYTE = 2 ** 30;

export type SpoolLimits = Partial<Pick<Spool, 'maxBytes' | 'maxObjectBytes'>>;

/**
 * Stores of buckets, each opened when it is first asked for. `folder`: copies of objects lie below it, in a folder of
 * this process; what processes left that are gone is removed.
 */
export function createBucketStores(
  folder: string,
  options: S3Options & SpoolLimits = {},
): (bucket: string) => Promise<FileStore> {
  let buckets: Promise<(name: string) => Bucket> | undefined;
  const stores = new Map<string, FileStore>();
  const spool: Spool = {
    folder: path.join(folder, String(process.pid)),
    maxBytes: options.maxBytes ?? 4 * GIBIBYTE,
    maxObjectBytes: options.maxObjectBytes ?? 16 * GIBIBYTE,
  };
  return async (name) => {
    buckets ??= removeLeft(folder).then(() => createS3Buckets(options));
    const open = await buckets;
    let store = stores.get(name);
    if (!store) {
      store = createBucketStore(name, open(name), spool);
      stores.set(name, store);
    }
    return store;
  };
}

async function removeLeft(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const pid = Number(name);
    if (pid !== process.pid && !isAlive(pid)) await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
