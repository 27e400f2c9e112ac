import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../../domain/errors.ts';
import type { ImageIndex } from './manifest.ts';

/** Blobs and index of one OCI image layout (image-spec, image-layout.md). */
export type Layout = {
  writeBlob(digest: string, content: Readable): Promise<void>;
  putBlob(content: string): Promise<{ digest: string; size: number }>;
  readBlob(digest: string): Promise<string>;
  readIndex(): Promise<ImageIndex>;
  writeIndex(index: ImageIndex): Promise<void>;
};

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

export const digestOf = (content: string | Buffer): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

async function hashOfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return `sha256:${hash.digest('hex')}`;
}

export function openLayout(folder: string): Layout {
  const blobFile = (digest: string): string => path.join(folder, 'blobs', ...digest.split(':'));
  const exists = (file: string): Promise<boolean> =>
    stat(file).then(
      () => true,
      () => false,
    );

  /** Under another name first, so that a reader never sees half of it. */
  const place = async (target: string, fill: (temporary: string) => Promise<void>): Promise<void> => {
    await mkdir(path.dirname(target), { recursive: true });
    const temporary = `${target}.${randomUUID()}.tmp`;
    try {
      await fill(temporary);
      await rename(temporary, target);
    } finally {
      await rm(temporary, { force: true });
    }
  };

  return {
    writeBlob: async (digest, content) => {
      const target = blobFile(digest);
      if (await exists(target)) {
        content.destroy();
        return;
      }
      await place(target, async (temporary) => {
        await pipeline(content, createWriteStream(temporary, { flush: true }));
        const found = await hashOfFile(temporary);
        if (found !== digest) throw new AppError('external/storage', `copying ${digest}: the copy is ${found}`);
      });
    },

    putBlob: async (content) => {
      const digest = digestOf(content);
      const target = blobFile(digest);
      if (!(await exists(target))) await place(target, (temporary) => writeFile(temporary, content, { flush: true }));
      return { digest, size: Buffer.byteLength(content) };
    },

    readBlob: (digest) => readFile(blobFile(digest), 'utf8'),

    readIndex: async () => {
      try {
        return JSON.parse(await readFile(path.join(folder, 'index.json'), 'utf8')) as ImageIndex;
      } catch (error) {
        if (!isMissing(error)) throw error;
        return { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [] };
      }
    },

    writeIndex: async (index) => {
      const marker = path.join(folder, 'oci-layout');
      if (!(await exists(marker))) {
        await place(marker, (temporary) => writeFile(temporary, '{"imageLayoutVersion":"1.0.0"}', { flush: true }));
      }
      const text = JSON.stringify(index, null, 2);
      await place(path.join(folder, 'index.json'), (temporary) => writeFile(temporary, text, { flush: true }));
    },
  };
}

const staleAfterMs = 30_000;
const patienceMs = 20_000;

/** One writer of the index at a time, across processes. A lock that its owner left behind is taken after a while. */
export async function withLock<T>(folder: string, action: () => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true });
  const lock = path.join(folder, '.lock');
  const own = `${lock}.${randomUUID()}`;
  await writeFile(own, String(process.pid));
  try {
    const end = Date.now() + patienceMs;
    for (;;) {
      try {
        // a hard link appears whole or not at all, on network file systems, too
        await link(own, lock);
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const age = await stat(lock).then(
        ({ mtimeMs }) => Date.now() - mtimeMs,
        () => 0,
      );
      if (age > staleAfterMs) await rm(lock, { force: true });
      else if (Date.now() > end) throw new AppError('external/storage', `locking ${folder}: somebody else keeps it`);
      else await new Promise((resolve) => setTimeout(resolve, 20));
    }
    try {
      return await action();
    } finally {
      await rm(lock, { force: true });
    }
  } finally {
    await rm(own, { force: true });
  }
}
