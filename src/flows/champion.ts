import type { ArtifactRef } from '../domain/jobs/job.ts';
import type { Model } from '../domain/spec/valid.ts';
import type { Records, VersionRecord } from './records.ts';

/** Versions of a model, oldest first. */
export async function versionsOf(records: Records, repository: string, model: string): Promise<VersionRecord[]> {
  const stored = await records.versions.list(`${repository}/${model}/`);
  return stored.map((one) => one.value).sort((a, b) => a.createdAt - b.createdAt);
}

/** What is live in a deployment of the model, else its newest version, else none. */
export async function championOf(
  records: Records,
  repository: string,
  model: string,
): Promise<{ version: string; model: Model; artifact: ArtifactRef } | undefined> {
  const base = await records.bases.get(repository);
  const deployments = base?.repository?.deployments.filter((one) => one.model === model) ?? [];
  let live: string | undefined;
  for (const deployment of deployments) {
    live = (await records.rollouts.get(`${repository}/${deployment.name}`))?.current ?? live;
  }
  const version = live
    ? await records.versions.get(`${repository}/${model}/${live}`)
    : (await versionsOf(records, repository, model)).at(-1);
  return version && { version: version.version, model: version.model, artifact: version.artifact };
}
