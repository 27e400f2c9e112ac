import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Repository } from '../state.ts';
import { nextId, now, type World } from '../world.ts';
import type { Artifact, WorkflowRun } from './records.ts';

const fileOf = (world: World, id: number): string => path.join(world.dataDir, 'artifacts', `${id}.zip`);

/** Keeps a zip file as an artifact of a run. */
export const keepArtifact = async (
  world: World,
  repository: Repository,
  run: WorkflowRun,
  artifact: { name: string; zip: Buffer; days: number },
): Promise<Artifact> => {
  const kept: Artifact = {
    id: nextId(world),
    runId: run.id,
    name: artifact.name,
    size: artifact.zip.length,
    digest: `sha256:${createHash('sha256').update(artifact.zip).digest('hex')}`,
    createdAt: now(),
    expiresAt: new Date(Date.now() + artifact.days * 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z'),
  };
  await mkdir(path.dirname(fileOf(world, kept.id)), { recursive: true });
  await writeFile(fileOf(world, kept.id), artifact.zip);
  repository.actions.artifacts.push(kept);
  return kept;
};

export const readArtifact = (world: World, artifact: Artifact): Promise<Buffer> => readFile(fileOf(world, artifact.id));

export const dropArtifact = async (world: World, repository: Repository, artifact: Artifact): Promise<void> => {
  repository.actions.artifacts = repository.actions.artifacts.filter((each) => each !== artifact);
  await rm(fileOf(world, artifact.id), { force: true });
};
