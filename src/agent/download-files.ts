import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../domain/errors.ts';
import type { ArtifactFile } from '../domain/jobs/job.ts';

/** Files under their own paths in `folder`, each verified. */
export async function downloadFiles(
  files: ArtifactFile[],
  folder: string,
  from: { download(digest: string): Promise<Readable>; stop: AbortSignal },
): Promise<void> {
  for (const { path: name, digest } of files) {
    const file = path.join(folder, name);
    if (!file.startsWith(`${folder}${path.sep}`)) throw new AppError('bug/invariant', `artifact path ${name}`);
    await mkdir(path.dirname(file), { recursive: true });
    const hash = createHash('sha256');
    const counted = new PassThrough().on('data', (chunk: Buffer) => hash.update(chunk));
    await pipeline(await from.download(digest), counted, createWriteStream(file), { signal: from.stop });
    if (`sha256:${hash.digest('hex')}` !== digest) {
      throw new AppError('external/storage', `${name} arrived with another digest than ${digest}`);
    }
  }
}
