import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../../domain/errors.ts';
import type { ArtifactRef } from '../../../domain/jobs/job.ts';
import type { Artifacts } from '../../../ports/artifacts.ts';

/** Name of an artifact's folder below `versions/`: the same content is there once, and never changes. */
export function artifactFolder(artifact: ArtifactRef): string {
  const hex = artifact.digest.replace(/^sha256:/, '');
  if (!/^[0-9a-f]{64}$/.test(hex)) throw new AppError('bug/invariant', `No digest: ${artifact.digest}`);
  return hex.slice(0, 32);
}

/** Writes the artifact's files below `versions`; they are there whole or not at all. */
export async function materialiseArtifact(
  artifacts: Artifacts,
  artifact: ArtifactRef,
  versions: string,
): Promise<void> {
  const target = path.join(versions, artifactFolder(artifact));
  if (await exists(target)) return;
  const temporary = `${target}.${randomUUID()}.tmp`;
  for (const file of artifact.files) {
    const place = path.resolve(temporary, file.path);
    if (!place.startsWith(temporary + path.sep)) {
      throw new AppError('config/model-invalid', `The artifact has a file outside of its folder: ${file.path}`);
    }
    await mkdir(path.dirname(place), { recursive: true });
    await pipeline(await artifacts.read(file.digest), createWriteStream(place));
  }
  await mkdir(temporary, { recursive: true });
  await rename(temporary, target).catch(async (error: unknown) => {
    // Another replica was faster; what it wrote has the same digest.
    if (!(await exists(target))) throw error;
    await rm(temporary, { recursive: true, force: true });
  });
}

async function exists(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => true,
    () => false,
  );
}
