import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../domain/errors.ts';
import type { Dataset } from '../../domain/spec/valid.ts';

export type DigestMemory = Map<string, string>;

/** `sha256:…` of the file's content, remembered for as long as size and time of change stay as they are. */
export async function sourceDigest(dataset: Dataset, file: string, memory: DigestMemory): Promise<string> {
  const facts = await stat(file);
  const key = `${file}\0${facts.size}\0${facts.mtimeMs}\0${facts.ino}`;
  let digest = memory.get(key);
  if (digest === undefined) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(file), hash);
    digest = `sha256:${hash.digest('hex')}`;
    memory.set(key, digest);
  }
  const declared = dataset.source.sha256?.replace(/^sha256:/, '').toLowerCase();
  if (declared !== undefined && digest !== `sha256:${declared}`) {
    throw new AppError(
      'config/data-invalid',
      `dataset ${dataset.name}: ${dataset.source.uri} holds ${digest}, the spec declares sha256:${declared}`,
    );
  }
  return digest;
}
