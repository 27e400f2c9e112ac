import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../domain/errors.ts';
import type { Bucket } from './bucket.ts';
import type { FileStore, StoredFile } from './file-store.ts';

export type Spool = {
  folder: string;
  /** What lies there at once; the object that is being read may exceed it alone. */
  maxBytes: number;
  /** Of one object. */
  maxObjectBytes: number;
};

type Held = { file: string; bytes: number; users: number; ready: Promise<void> };

/**
 * Objects are copied to the spool while they are read. What was only looked at (for its first and last row) stays until
 * there is no room, since it is profiled next.
 */
export function createBucketStore(name: string, bucket: Bucket, spool: Spool): FileStore {
  /** In order of use, least recent first. */
  const held = new Map<string, Held>();

  async function drop(key: string) {
    const one = held.get(key);
    held.delete(key);
    if (one) await rm(one.file, { force: true });
  }

  async function makeRoom(bytes: number) {
    let used = bytes;
    for (const one of held.values()) used += one.bytes;
    for (const [key, one] of [...held]) {
      if (used <= spool.maxBytes) return;
      if (one.users > 0) continue;
      used -= one.bytes;
      await drop(key);
    }
  }

  function acquire(file: StoredFile): Held {
    const key = `${file.path}\n${file.stamp}`;
    let one = held.get(key);
    if (one) {
      held.delete(key);
    } else {
      // The ending tells readers how it is compressed.
      const ending = /(\.[A-Za-z0-9]{1,10}){0,2}$/.exec(file.path)![0];
      const name = createHash('sha256').update(key).digest('hex').slice(0, 32);
      const target = path.join(spool.folder, `${name}${ending}`);
      one = { file: target, bytes: file.bytes, users: 0, ready: fetchObject(file, target) };
    }
    one.users++;
    held.set(key, one);
    return one;
  }

  async function fetchObject(file: StoredFile, target: string) {
    if (file.bytes > spool.maxObjectBytes) {
      throw new AppError('config/data-invalid', `${file.path} is larger than ${spool.maxObjectBytes} bytes`);
    }
    await mkdir(spool.folder, { recursive: true, mode: 0o700 });
    await makeRoom(file.bytes);
    const etag = file.stamp.slice(0, file.stamp.lastIndexOf('-'));
    await bucket.get({ key: file.path, etag, bytes: file.bytes, modifiedAt: file.modifiedAt }, target);
  }

  return {
    prefix: `s3://${name}/`,
    remote: true,
    async list(folder) {
      const { prefixes, objects } = await bucket.list(folder);
      return {
        folders: prefixes,
        files: objects
          .filter(({ key }) => !key.endsWith('/'))
          .map(({ key, etag, bytes, modifiedAt }) => ({ path: key, stamp: `${etag}-${bytes}`, bytes, modifiedAt })),
        refused: [],
      };
    },
    async use(file, work) {
      const one = acquire(file);
      try {
        await one.ready;
        return await work(one.file);
      } catch (error) {
        if (one.users === 1) await drop(`${file.path}\n${file.stamp}`);
        throw error;
      } finally {
        one.users--;
      }
    },
    async release(file) {
      const key = `${file.path}\n${file.stamp}`;
      if ((held.get(key)?.users ?? 0) === 0) await drop(key);
    },
  };
}
