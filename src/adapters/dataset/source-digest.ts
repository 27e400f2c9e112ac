import { AppError } from '../../domain/errors.ts';
import type { Dataset } from '../../domain/spec/valid.ts';
import { type DigestMemory, fileDigest } from './file-digest.ts';

/** `sha256:…` of the file's content. AppError config/data-invalid when the spec declares another. */
export async function sourceDigest(dataset: Dataset, file: string, memory: DigestMemory): Promise<string> {
  const digest = `sha256:${await fileDigest(file, memory)}`;
  const declared = dataset.source.sha256?.replace(/^sha256:/, '').toLowerCase();
  if (declared !== undefined && digest !== `sha256:${declared}`) {
    throw new AppError(
      'config/data-invalid',
      `dataset ${dataset.name}: ${dataset.source.uri} holds ${digest}, the spec declares sha256:${declared}`,
    );
  }
  return digest;
}
