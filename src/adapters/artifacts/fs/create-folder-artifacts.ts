import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { AppError } from '../../../domain/errors.ts';
import type { Artifacts } from '../../../ports/artifacts.ts';

const DIGEST = /^sha256:([0-9a-f]{2})([0-9a-f]{62})$/;
/** An upload that nobody finished in that time is dead. */
const ABANDONED_MS = 24 * 3_600_000;

/** `<folder>/sha256/<2>/<62>`; what is being written lies in `<folder>/incoming` until it is whole and verified. */
export async function createFolderArtifacts(folder: string): Promise<Artifacts> {
  const incoming = path.join(folder, 'incoming');
  await mkdir(incoming, { recursive: true });
  await removeAbandoned(incoming);

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
    const target = locate(digest);
    const present = await sizeIfThere(digest);
    if (present !== undefined) {
      content.destroy();
      return { size: present };
    }
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
      throw error instanceof AppError ? error : storageError(error);
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

async function removeAbandoned(incoming: string): Promise<void> {
  for (const name of await readdir(incoming)) {
    const file = path.join(incoming, name);
    const found = await stat(file).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > ABANDONED_MS) await rm(file, { force: true });
  }
}

function storageError(error: unknown): AppError {
  const message = error instanceof Error ? error.message : String(error);
  return new AppError('external/storage', `writing or reading artifacts: ${message}`, { cause: error });
}
