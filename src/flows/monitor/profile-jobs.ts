/** Windows that are too large for the server's own machine are profiled by jobs of the monitor's runner and added up here. */
import { KEPT_WINDOWS } from '../../domain/drift/earlier-windows.ts';
import { parsePartition } from '../../domain/drift/parse-partition.ts';
import type { PartitionProfile, ReferenceProfile } from '../../domain/drift/profile.ts';
import { needsJobs, shardPartitions } from '../../domain/drift/shard-partitions.ts';
import { AppError } from '../../domain/errors.ts';
import { digestOf } from '../../domain/fingerprint/digest.ts';
import { isFinished, type Job, type JobTask, PARTITIONS_FILE } from '../../domain/jobs/job.ts';
import type { RunnerSpec } from '../../domain/spec/valid.ts';
import type { PendingPartition, Span } from '../../ports/drift-source.ts';
import { readJson } from '../blobs.ts';
import { type JobWish, submitJobs } from '../job/submit-job.ts';
import { formatKey } from '../keys.ts';
import type { VersionRecord } from '../records.ts';
import { endFallback, endFallbackBy, noteFallback } from './job-fallback.ts';
import type { MonitorScene } from './scene.ts';

type ProfileJob = Job & { task: Extract<JobTask, { kind: 'profile' }> };

/** No job waits longer for a cluster than its token lives. */
const FORGET_MS = 8 * 24 * 3_600_000;
/** Larger ones were not made by an agent of ours. */
const MAX_RESULT_BYTES = 128 * 2 ** 20;

/**
 * ready: what is left of the window may be read here and now. waiting: jobs are at it, and the monitor is looked at again
 * when one ends. What a job failed with is read here, so that a runner that is broken costs time and no window.
 */
export async function profileInJobs(
  scene: MonitorScene,
  window: Span,
  reference: ReferenceProfile,
  version: VersionRecord,
): Promise<'ready' | 'waiting'> {
  const { deps, watched, monitor } = scene;
  const place = runnerOf(scene);
  // The logs of the server lie on its own disk, where no runner can read them.
  if (!place || monitor.source.kind !== 'files') return 'ready';
  const pending = await deps.drift.pending(watched, window, reference);
  if (pending.length === 0) return 'ready';
  const jobs = await jobsOf(scene, version);
  const accepted = await acceptResults(scene, window, reference, jobs, pending);
  const left = pending.filter((one) => !accepted.has(nameOf(one)));
  const underWay = namesIn(jobs.filter((job) => !isFinished(job)));
  const asked = namesIn(jobs);
  if (left.some((one) => !asked.has(nameOf(one)))) {
    const ahead = await deps.drift.pending(watched, withNext(scene, window), reference);
    const untried = ahead.filter((one) => !asked.has(nameOf(one)));
    if (needsJobs(untried)) {
      await startJobs(scene, version, place, untried);
      return 'waiting';
    }
  }
  // we may have died between making a job and asking for a look at it
  for (const { id, attempt, status } of jobs)
    if (attempt === 0 && status === 'queued') await deps.store.queue.request(formatKey({ kind: 'job', id }));
  if (!needsJobs(pending) && !pending.some((one) => asked.has(nameOf(one)))) await endFallbackBy(scene, window);
  return left.some((one) => underWay.has(nameOf(one))) ? 'waiting' : 'ready';
}

/** A monitor that catches up reads windows one after the other, no more than it keeps; jobs read those to come at once. */
function withNext({ deps, monitor }: MonitorScene, { from, to }: Span): Span {
  const length = monitor.windowSeconds * 1000;
  const settled = Math.floor((deps.monitorClock.now() - monitor.settleSeconds * 1000) / length) * length;
  return { from, to: Math.max(to, Math.min(settled, from + KEPT_WINDOWS * length)) };
}

function runnerOf({ deps, repository, monitor, declared }: MonitorScene): RunnerSpec | undefined {
  if (monitor.runner === undefined) return undefined;
  const place = declared.policy.runners.find(({ name }) => name === monitor.runner);
  if (!place) {
    const message = `the policy has no runner ${monitor.runner}; what it would profile is read here`;
    deps.log.warn({ repository, monitor: monitor.name }, message);
  }
  return place;
}

/** Same columns and grids, same source: what a job counted can be added to what is counted here. */
function prefixOf({ id, monitor }: MonitorScene, { referenceDigest }: VersionRecord): string {
  const { source, windowSeconds, multivariate } = monitor;
  const grids = digestOf({ reference: referenceDigest, source, windowSeconds, multivariate } as never);
  return `profile:${id}:${grids.slice('sha256:'.length, 'sha256:'.length + 16)}:`;
}

/** Oldest first. */
async function jobsOf(scene: MonitorScene, version: VersionRecord): Promise<ProfileJob[]> {
  const { store, clock } = scene.deps;
  const found = await store.jobs.list({
    repository: scene.repository,
    keyPrefix: prefixOf(scene, version),
    since: clock.now() - FORGET_MS,
  });
  return found.filter((job): job is ProfileJob => job.task.kind === 'profile');
}

/** Takes over what jobs that succeeded made of pending partitions; answers which those were. */
async function acceptResults(
  scene: MonitorScene,
  window: Span,
  reference: ReferenceProfile,
  jobs: ProfileJob[],
  pending: PendingPartition[],
): Promise<Set<string>> {
  const wanted = new Set(pending.map(nameOf));
  const accepted = new Set<string>();
  const failures: (string | undefined)[] = [];
  for (const job of jobs.filter(isFinished)) {
    const asked = new Set(job.task.partitions.map(nameOf).filter((name) => wanted.has(name) && !accepted.has(name)));
    if (asked.size === 0) continue;
    const { profiles, failure } = await resultOf(scene, job, reference);
    failures.push(failure);
    const useful = profiles.filter((profile) => asked.has(nameOf(profile)));
    if (useful.length > 0) await scene.deps.drift.accept(scene.watched, window, reference, useful);
    for (const profile of useful) accepted.add(nameOf(profile));
  }
  const failure = failures.findLast((one) => one !== undefined);
  if (failure !== undefined) await noteFallback(scene, failure);
  else if (failures.length > 0) await endFallback(scene);
  return accepted;
}

/** `failure`: why the job came to nothing, so that what it should have profiled is read here. */
async function resultOf(
  { deps, monitor }: MonitorScene,
  job: ProfileJob,
  reference: ReferenceProfile,
): Promise<{ profiles: PartitionProfile[]; failure?: string }> {
  const file = job.status === 'succeeded' && job.result?.files.find(({ path }) => path === PARTITIONS_FILE);
  const say = (failure: string) => {
    const files = `${job.task.partitions.length} files`;
    deps.log.warn(
      { job: job.id, monitor: monitor.name },
      `${files} that a runner should have profiled are read here: ${failure}`,
    );
    return { profiles: [], failure };
  };
  if (!file) return say(job.error?.message ?? `its result has no ${PARTITIONS_FILE}`);
  if (file.size > MAX_RESULT_BYTES) return say(`its result has ${file.size} bytes`);
  const result = await readJson<unknown>(deps.artifacts, file.digest).catch((error: unknown) => {
    if (error instanceof AppError && error.family === 'external') throw error;
    return undefined;
  });
  const list = Array.isArray(result) ? result : [undefined];
  const profiles = list.map((one) => parsePartition(one, reference, monitor.windowSeconds * 1000));
  const whole = profiles.filter((one) => one !== undefined);
  return whole.length === profiles.length ? { profiles: whole } : say('its result is none');
}

async function startJobs(
  scene: MonitorScene,
  version: VersionRecord,
  place: RunnerSpec,
  partitions: PendingPartition[],
): Promise<void> {
  const { deps, monitor, watched, repository, sha } = scene;
  const prefix = prefixOf(scene, version);
  const { referenceDigest: digest, model } = version;
  const reference = { path: 'reference.json', digest, size: await deps.artifacts.size(digest) };
  const shards = shardPartitions(partitions).map((shard) => shard.map(({ uri, stamp }) => ({ uri, stamp })));
  const group = `${prefix}${digestOf(shards)}`;
  const wishes = shards.map((shard): JobWish => {
    const task = { kind: 'profile' as const, model, monitor, allow: watched.allow, reference, partitions: shard };
    return { key: `${prefix}${digestOf(shard)}`, task, repository, sha, runner: place.name, place, group };
  });
  await submitJobs(deps, wishes);
  const bytes = partitions.reduce((sum, one) => sum + one.bytes, 0);
  const message = `${shards.length} jobs on ${place.name} profile ${partitions.length} files of ${bytes} bytes`;
  deps.log.info({ repository, monitor: monitor.name, group }, message);
}

const namesIn = (jobs: ProfileJob[]): Set<string> => new Set(jobs.flatMap(({ task }) => task.partitions.map(nameOf)));

/** The file as it is now: once it has changed it is another one. */
function nameOf({ uri, stamp }: { uri: string; stamp: string }): string {
  return `${stamp} ${uri}`;
}
