import { fingerprintRun } from '../domain/fingerprint/fingerprint-run.ts';
import type { ArtifactRef } from '../domain/jobs/job.ts';
import type { Snapshot } from '../domain/plan/plan.ts';
import { inputsOf } from '../domain/plan/plan-model.ts';
import type { Model } from '../domain/spec/valid.ts';
import type { PullRequest } from '../ports/github.ts';
import type { FlowDeps } from './deps.ts';
import { newestOf } from './pull-request/job-progress.ts';
import { artifactOf, trainedModel } from './pull-request/stage.ts';
import { stageSweep } from './pull-request/stage-sweep.ts';
import type { Records, VersionRecord } from './records.ts';

export type Champion = { version: string; model: Model; artifact: ArtifactRef };

/** Versions of a model, oldest first. */
export async function versionsOf(records: Records, repository: string, model: string): Promise<VersionRecord[]> {
  const stored = await records.versions.list(`${repository}/${model}/`);
  return stored.map((one) => one.value).sort((a, b) => a.createdAt - b.createdAt);
}

/** What is live in a deployment of the model, else its newest version, else none. */
export async function championOf(records: Records, repository: string, model: string): Promise<Champion | undefined> {
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

/**
 * What training the spec of the base gave, where somebody has trained it already: better than nothing to compare with
 * while there is no version. `fingerprint`: of the candidate, which is not compared with itself.
 */
export async function baseChampion(
  deps: FlowDeps,
  records: Records,
  at: { repository: string; pull: PullRequest },
  base: Snapshot & { sha: string },
  name: string,
  fingerprint: string,
): Promise<Champion | undefined> {
  const model = base.repository.models.find((one) => one.name === name);
  if (!model) return undefined;
  const inputs = inputsOf(model, base);
  const own = fingerprintRun(inputs);
  if (own === fingerprint) return undefined;
  const prefix = `train:${at.repository}:${own}:`;
  const jobs = await deps.store.jobs.list({ repository: at.repository, keyPrefix: prefix });
  const generations = new Set(jobs.map(({ key }) => Number(/^\d+/.exec(key.slice(prefix.length))?.[0])));
  for (const generation of [...generations].sort((a, b) => b - a)) {
    const key = `${prefix}${generation}`;
    const { runner } = inputs;
    const trained = model.train.sweep
      ? await stageSweep(deps, records, { ...at, runner }, model, key)
      : { artifact: artifactOf(newestOf(jobs.filter((job) => job.key === key)), model) };
    if (!trained.artifact) continue;
    const asTrained = 'sweep' in trained ? trainedModel({ model, train: trained }) : model;
    return { version: `base@${base.sha.slice(0, 7)}`, model: asTrained, artifact: trained.artifact };
  }
  return undefined;
}
