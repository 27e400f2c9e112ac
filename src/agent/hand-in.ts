import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../domain/errors.ts';
import type { ArtifactFile } from '../domain/jobs/job.ts';
import type { ServerClient } from './server-client.ts';
import type { ResultFile } from './task-run.ts';

/** Uploads what the server does not have yet. Answers the files as the server will know them. */
export async function handIn(client: ServerClient, files: ResultFile[], maxBytes: number): Promise<ArtifactFile[]> {
  const uploaded: ArtifactFile[] = [];
  for (const { file, path } of files) {
    const { digest, size } = await measure(file);
    if (size > maxBytes) {
      throw new AppError('config/invalid-input', `${path} has ${size} bytes; at most ${maxBytes} are allowed`);
    }
    await client.upload(file, digest);
    uploaded.push({ path, digest, size });
  }
  return uploaded;
}

async function measure(file: string): Promise<{ digest: string; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  await pipeline(createReadStream(file), async (source: AsyncIterable<Buffer>) => {
    for await (const chunk of source) {
      size += chunk.length;
      hash.update(chunk);
    }
  });
  return { digest: `sha256:${hash.digest('hex')}`, size };
}
