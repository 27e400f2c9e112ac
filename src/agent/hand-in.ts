import { AppError } from '../domain/errors.ts';
import type { ArtifactFile } from '../domain/jobs/job.ts';
import { measureFile } from './measure-file.ts';
import type { ServerClient } from './server-client.ts';
import type { ResultFile } from './task-run.ts';

/** Uploads what the server does not have yet. Answers the files as the server will know them. */
export async function handIn(client: ServerClient, files: ResultFile[], maxBytes: number): Promise<ArtifactFile[]> {
  const uploaded: ArtifactFile[] = [];
  for (const { file, path } of files) {
    const { digest, size } = await measureFile(file);
    if (size > maxBytes) {
      throw new AppError('config/invalid-input', `${path} has ${size} bytes; at most ${maxBytes} are allowed`);
    }
    await client.upload('blobs', file, { digest, size });
    uploaded.push({ path, digest, size });
  }
  return uploaded;
}
