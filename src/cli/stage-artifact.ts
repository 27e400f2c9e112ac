import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { cp, mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CHECK_FILE, servedBytes } from '../agent/check-file.ts';
import { AppError } from '../domain/errors.ts';
import { artifactDigest } from '../domain/fingerprint/digest.ts';
import type { Model } from '../domain/spec/valid.ts';

export type StagedArtifact = { folder: string; digest: string; sizeBytes: number };

/**
 * The artifact at `from` (its main file, or the folder that holds it under the name that the spec gives) as a folder of
 * its own, so that what else lies beside it is neither read nor counted, but for the predictions it is checked with.
 */
export async function stageArtifact(from: string, model: Model, target: string): Promise<StagedArtifact> {
  const found = await stat(from).catch(() => undefined);
  if (found === undefined) throw new AppError('config/invalid-input', `there is no ${from}`);
  let folder = from;
  if (found.isFile()) {
    await mkdir(path.dirname(path.join(target, model.artifact.path)), { recursive: true });
    await cp(from, path.join(target, model.artifact.path));
    await copyCheckFile(from, path.join(target, model.artifact.path));
    folder = target;
  }
  const files = await Promise.all((await filesBelow(folder, '')).map((file) => describe(folder, file)));
  if (!files.some((file) => file.path === model.artifact.path)) {
    throw new AppError('config/invalid-input', `${from} holds no ${model.artifact.path}`);
  }
  return { folder, digest: artifactDigest(files), sizeBytes: servedBytes(files) };
}

async function copyCheckFile(from: string, to: string): Promise<void> {
  const check = path.join(path.dirname(from), CHECK_FILE);
  const found = await stat(check).catch(() => undefined);
  if (found?.isFile()) await cp(check, path.join(path.dirname(to), CHECK_FILE));
}

async function filesBelow(root: string, below: string): Promise<string[]> {
  const entries = await readdir(path.join(root, below), { withFileTypes: true });
  const found = entries.map((entry) => {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(root, name) : Promise.resolve(entry.isFile() ? [name] : []);
  });
  return (await Promise.all(found)).flat();
}

async function describe(folder: string, file: string): Promise<{ path: string; digest: string; size: number }> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path.join(folder, file)), hash);
  const { size } = await stat(path.join(folder, file));
  return { path: file, digest: `sha256:${hash.digest('hex')}`, size };
}
