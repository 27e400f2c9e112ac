import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { AppError } from '../../../domain/errors.ts';
import type { UploadStore } from '../../../ports/artifacts.ts';
import { createPartialUploads } from './partial-uploads.ts';
import { removeOldFiles } from './remove-old-files.ts';

const DIGEST = /^sha256:([0-9a-f]{2})([0-9a-f]{62})$/;

/** An upload that nobody continued in that time is dead. */
const ABANDONED_MS = 24 * 3_600_000;
const SWEEP_INTERVAL_MS = 3_600_000;

/**
 * `<folder>/sha256/<2>/<62>`; what is being written lies in `<folder>/incoming` until it is whole and verified.
 * `keepMs`: what is older is removed (checkpoints that nobody came back for).
 */
export async function createFolderArtifacts(folder: string, options: { keepMs?: number } = {}): Promise<UploadStore> {
  const incoming = path.join(folder, 'incoming');
  await mkdir(incoming, { recursive: true });
  const partial = createPartialUploads(incoming);
  let sweptAt = 0;
  await sweep();

  async function sweep(): Promise<void> {
    if (Date.now() - sweptAt < SWEEP_INTERVAL_MS) return;
    sweptAt = Date.now();
    await removeOldFiles(incoming, ABANDONED_MS);
    if (options.keepMs !== undefined) await removeOldFiles(path.join(folder, 'sha256'), options.keepMs);
  }

  function locate(digest: string): string {
    const parts = DIGEST.exec(digest);
    if (!parts) throw new AppError('config/invalid-input', `not a digest: ${digest.slice(0, 100)}`);
    return path.join(folder, 'sha256', parts[1]!, parts[2]!);
  }
  async function sizeIfThere(digest: string): Promise<number | undefined> {
    const found = await stat(locate(digest)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw storageError(error);
    });
    return found?.size;
  }
  async function size(digest: string): Promise<number> {
    const found = await sizeIfThere(digest);
    if (found === undefined) throw new AppError('conflict/not-found', `there is no blob ${digest}`);
    return found;
  }

  async function write(digest: string, content: Readable, maxBytes: number): Promise<{ size: number }> {
    const present = await sizeIfThere(digest);
    if (present === undefined) return place(digest, content, maxBytes);
    content.destroy();
    return { size: present };
  }

  /** Reads and verifies it all, whether it is there or not. */
  async function place(digest: string, content: Readable, maxBytes: number): Promise<{ size: number }> {
    const target = locate(digest);
    const temporary = path.join(incoming, randomUUID());
    try {
      const written = await writeDurably(temporary, content, maxBytes);
      if (written.digest !== digest) {
        throw new AppError('config/invalid-input', `the content has digest ${written.digest}, not ${digest}`);
      }
      await mkdir(path.dirname(target), { recursive: true });
      await rename(temporary, target);
      await syncFolder(path.dirname(target));
      return { size: written.size };
    } catch (error) {
      await rm(temporary, { force: true });
      return rethrow(error);
    }
  }

  return {
    has: async (digest) => (await sizeIfThere(digest)) !== undefined,
    write,
    async read(digest) {
      await size(digest);
      return createReadStream(locate(digest));
    },
    size,
    async put(content) {
      const bytes = Buffer.from(content);
      const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
      await write(digest, Readable.from([bytes]), bytes.length);
      return digest;
    },
    async received(digest, upload) {
      locate(digest);
      return partial.received({ digest, upload }).catch(rethrow);
    },
    async append(piece, content) {
      await sweep();
      // written once more while it is verified: whoever still holds the partial file open cannot change the result
      const complete = async (file: string) => void (await place(piece.digest, createReadStream(file), piece.length));
      return partial.append(piece, content, complete).catch(rethrow);
    },
    async remove(digest) {
      await rm(locate(digest), { force: true }).catch(rethrow);
    },
  };
}

async function writeDurably(file: string, content: Readable, maxBytes: number) {
  const hash = createHash('sha256');
  const handle = await open(file, 'wx');
  let size = 0;
  try {
    for await (const chunk of content as AsyncIterable<Buffer | string>) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      size += bytes.length;
      if (size > maxBytes) throw new AppError('config/invalid-input', `more than the allowed ${maxBytes} bytes`);
      hash.update(bytes);
      await handle.writeFile(bytes);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { size, digest: `sha256:${hash.digest('hex')}` };
}

/** A rename is durable only when its folder is. Not every file system allows it; then the rename has to do. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

function storageError(error: unknown): AppError {
  const message = error instanceof Error ? error.message : String(error);
  return new AppError('external/storage', `writing or reading artifacts: ${message}`, { cause: error });
}

function rethrow(error: unknown): never {
  throw error instanceof AppError ? error : storageError(error);
}
