import { constants } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { AppError } from '../../../domain/errors.ts';
import type { Piece } from '../../../ports/artifacts.ts';

type Whose = Pick<Piece, 'digest' | 'upload'>;

/** Uploads under way: one file each in `folder`, as long as what has arrived. */
export function createPartialUploads(folder: string) {
  const busy = new Map<string, Promise<void>>();

  function locate({ digest, upload }: Whose): string {
    if (!/^[\w-]{1,64}$/.test(upload)) throw new AppError('config/invalid-input', 'not the name of an upload');
    return path.join(folder, `${digest.slice('sha256:'.length)}.${upload}.part`);
  }

  async function received(whose: Whose): Promise<number> {
    const found = await stat(locate(whose)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    return found?.size ?? 0;
  }

  function forget(file: string, settled: Promise<void>): void {
    if (busy.get(file) === settled) busy.delete(file);
  }

  return {
    received,
    /** One piece of an upload at a time; `complete` gets the file once all is there, and it is gone afterwards. */
    append(piece: Piece, content: Readable, complete: (file: string) => Promise<void>): Promise<number> {
      const file = locate(piece);
      const before = busy.get(file) ?? Promise.resolve();
      const work = before.then(async () => {
        const there = await received(piece);
        if (there !== piece.offset) {
          content.destroy();
          throw new AppError('conflict/stale', `${there} bytes have arrived, the piece begins at ${piece.offset}`);
        }
        const size = await appendTo(file, piece, content);
        if (size < piece.length) return size;
        await complete(file).finally(() => rm(file, { force: true }));
        return size;
      });
      const settled: Promise<void> = work.then(
        () => forget(file, settled),
        () => forget(file, settled),
      );
      busy.set(file, settled);
      return work;
    },
  };
}

/** At its place and not simply at the end: what another replica still writes of a broken piece is the same content. */
async function appendTo(file: string, { offset, length }: Piece, content: Readable): Promise<number> {
  const handle = await open(file, constants.O_WRONLY | constants.O_CREAT);
  let size = offset;
  try {
    for await (const chunk of content as AsyncIterable<Buffer>) {
      if (size + chunk.length > length) {
        await rm(file);
        throw new AppError('config/invalid-input', `more than the ${length} bytes that were announced`);
      }
      for (let at = 0; at < chunk.length; ) {
        at += (await handle.write(chunk, at, chunk.length - at, size + at)).bytesWritten;
      }
      size += chunk.length;
    }
  } finally {
    await handle.close();
  }
  return size;
}
