import { stat } from 'node:fs/promises';
import { AppError } from '../../domain/errors.ts';
import type { Dataset } from '../../domain/spec/valid.ts';
import type { FileContent, SourceVersions } from '../../ports/source-versions.ts';
import { type DigestMemory, fileDigest } from './file-digest.ts';
import { fileTrouble } from './file-trouble.ts';
import { findNewest } from './find-newest.ts';
import { locateSource } from './locate-source.ts';

const GIBIBYTE = 2 ** 30;
/** Of a file that is hashed: about a minute of one core. */
const MOST_BYTES = 16 * GIBIBYTE;
/** Whoever writes a file pauses now and then: what changed so short a time ago may be half there. */
const YOUNG_MS = 60_000;

/** Files below the server's data root. Other locations are config/environment: no process reads datasets there. */
export function createSourceVersions(options: { dataRoot: string; mostBytes?: number }): SourceVersions {
  const { dataRoot, mostBytes = MOST_BYTES } = options;
  const memory: DigestMemory = new Map();
  return {
    newest: (dataset, allow) => findNewest(dataset, dataRoot, allow),
    async describe(dataset, allow) {
      try {
        const file = await locateSource(dataset, { dataRoot, allow }).catch(unlessMissing);
        return file === undefined ? undefined : await content(file, dataset, memory, mostBytes);
      } catch (error) {
        throw fileTrouble(error, `reading ${dataset.source.uri}`);
      }
    },
  };
}

async function content(
  file: string,
  { source, path }: Dataset,
  memory: DigestMemory,
  mostBytes: number,
): Promise<FileContent> {
  const listed = await stat(file);
  if (listed.size > mostBytes) {
    throw new AppError(
      'config/data-invalid',
      `${source.uri} has more than the ${Math.round(mostBytes / GIBIBYTE)} GiB that the server reads to pin a file; pin it in ${path} by hand`,
    );
  }
  // One from the future is as much older as the clock of its writer is wrong.
  if (Math.abs(Date.now() - listed.mtimeMs) < YOUNG_MS) {
    throw new AppError(
      'config/data-invalid',
      `${source.uri} was written to less than a minute ago, and may not be whole yet; ask again in a minute`,
    );
  }
  const sha256 = await fileDigest(file, memory);
  const now = await stat(file);
  if (now.size !== listed.size || now.mtimeMs !== listed.mtimeMs) {
    throw new AppError(
      'config/data-invalid',
      `${source.uri} changed while it was read; ask again when it is written to its end`,
    );
  }
  return { sha256, bytes: listed.size };
}

/** locateSource's word for a file that is not there. */
function unlessMissing(error: unknown): undefined {
  if (error instanceof AppError && error.code === 'external/data') return undefined;
  throw error;
}
