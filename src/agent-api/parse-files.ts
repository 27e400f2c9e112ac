import { AppError } from '../domain/errors.ts';
import type { ArtifactFile } from '../domain/jobs/job.ts';
import type { UploadStore } from '../ports/artifacts.ts';

/** Files as an agent names them, sorted by path; each must be in the store, of the size that was said, and its own. */
export async function parseFiles(
  { store, isOwn }: { store: UploadStore; isOwn(digest: string): boolean },
  value: unknown,
  most: number,
): Promise<ArtifactFile[]> {
  if (!Array.isArray(value) || value.length === 0 || value.length > most) {
    throw new AppError('config/invalid-input', `files must be a list of 1 to ${most}`);
  }
  const files = value.map(parseFile);
  if (new Set(files.map(({ path }) => path)).size !== files.length) {
    throw new AppError('config/invalid-input', 'two files have the same path');
  }
  for (const { path, digest, size } of files) {
    if (!isOwn(digest) || !(await store.has(digest)) || (await store.size(digest)) !== size) {
      throw new AppError('config/invalid-input', `${path} was not uploaded as ${digest} of ${size} bytes`);
    }
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function parseFile(value: unknown): ArtifactFile {
  const { path, digest, size } = (value ?? {}) as Record<string, unknown>;
  if (
    typeof path === 'string' &&
    isPlainPath(path) &&
    typeof digest === 'string' &&
    /^sha256:[0-9a-f]{64}$/.test(digest) &&
    Number.isSafeInteger(size)
  ) {
    return { path, digest, size: size as number };
  }
  throw new AppError('config/invalid-input', 'a file needs a plain relative path, a digest and a size');
}

/** Whoever downloads the artifact writes files of these names. */
function isPlainPath(path: string): boolean {
  const parts = path.split('/');
  return path.length <= 400 && parts.every((part) => /^[\w][\w.+ -]*$/.test(part));
}
