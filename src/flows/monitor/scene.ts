import type { Deployment, Repository } from '../../domain/spec/valid.ts';
import type { Monitor } from '../../domain/spec/valid-monitor.ts';
import type { Watched } from '../../ports/drift-source.ts';
import type { RepositoryRef } from '../../ports/github.ts';
import { versionsOf } from '../champion.ts';
import type { FlowDeps } from '../deps.ts';
import type { Records, VersionRecord } from '../records.ts';
import { repositoryRef } from '../repository-ref.ts';

/** A monitor with what it stands in. */
export type MonitorScene = {
  deps: FlowDeps;
  records: Records;
  ref: RepositoryRef;
  repository: string;
  /** Of the monitor's record. */
  id: string;
  /** Commit of the default branch, and everything that it declares. */
  sha: string;
  declared: Repository;
  monitor: Monitor;
  deployment: Deployment;
  watched: Watched;
  /** Of the model, oldest first. */
  versions: VersionRecord[];
  /** The one that is live. */
  current: VersionRecord;
};

/**
 * unknown: what is declared cannot be told now · gone: such a monitor is not declared (any more) · waiting: nothing is live
 * yet that could be watched.
 */
export async function openScene(
  deps: FlowDeps,
  records: Records,
  repository: string,
  name: string,
): Promise<MonitorScene | 'unknown' | { gone: RepositoryRef } | { waiting: Monitor }> {
  const ref = await repositoryRef(records, repository);
  const base = await records.bases.get(repository);
  const declared = base?.repository;
  if (!ref || !base || !declared) return 'unknown';
  const monitor = declared.monitors.find((one) => one.name === name);
  const deployment = declared.deployments.find((one) => one.name === monitor?.deployment);
  if (!monitor || !deployment) return { gone: ref };
  const live = (await records.rollouts.get(`${repository}/${deployment.name}`))?.current;
  const versions = await versionsOf(records, repository, deployment.model);
  const current = versions.find((one) => one.version === live);
  if (!current) return { waiting: monitor };
  const watched = { repository, monitor, allow: declared.policy.data.allow };
  const id = `${repository}/${name}`;
  return {
    deps,
    records,
    ref,
    repository,
    id,
    sha: base.sha,
    declared,
    monitor,
    deployment,
    watched,
    versions,
    current,
  };
}
