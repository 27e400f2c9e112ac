import { AppError } from '../../../domain/errors.ts';
import type { Job } from '../../../domain/jobs/job.ts';
import type { Runner } from '../../../ports/runner.ts';
import { needsOf, type RayPlace } from './needs.ts';
import { createRayClient, type RayClient, type RayJob } from './ray-client.ts';
import { readStatus } from './read-status.ts';
import { AGENT_KEY, agentName, buildSubmission, OWNER_KEY, STOP_SECONDS, submissionId } from './submission.ts';

export type RayRunnerOptions = {
  /** Dashboards that may be called: no policy gets us to call another. */
  addresses: string[];
  /** Of Ray's token authentication. */
  token?: string;
  /** Tells our jobs from those of another installation on the same cluster. */
  owner: string;
  log: { warn(details: object, message: string): void };
  /** Of one request; for tests. */
  timeoutMs?: number;
};

/** Ray needs a little longer than the agent to say that it has ended. */
const STOP_MS = (STOP_SECONDS + 10) * 1_000;
const POLL_MS = 200;
/** A job that waits for room is only marked: Ray ends it as soon as it starts it. */
const MARKED_MS = 1_000;
const KEEP_LINES = 200;
const KEEP_RECORDS_MS = 7 * 24 * 3_600_000;

/** Agents as jobs of Ray clusters, through the dashboard's Jobs API. */
export function createRayRunner(options: RayRunnerOptions): Runner {
  const { owner, log } = options;
  const allowed = options.addresses.map(withoutSlash);

  function clientOf(address: string): RayClient {
    if (!allowed.includes(withoutSlash(address))) {
      const message = `the Ray cluster at ${address} is none that this server may use: add it to SLUICE_RAY_ADDRESSES`;
      throw new AppError('config/environment', message);
    }
    const { token, timeoutMs } = options;
    return createRayClient({
      address: withoutSlash(address),
      ...(token && { token }),
      ...(timeoutMs && { timeoutMs }),
    });
  }

  /** False: it still waits for room. */
  async function end(client: RayClient, id: string): Promise<boolean> {
    const begun = Date.now();
    let job = await client.get(id);
    if (isOver(job)) return true;
    await client.stop(id);
    for (;;) {
      job = await client.get(id);
      if (isOver(job)) return true;
      const waited = Date.now() - begun;
      if (job?.status === 'PENDING' && waited > MARKED_MS) return false;
      if (waited > STOP_MS) throw new AppError('external/runner', `the Ray job ${id} does not end`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async function reapAt(address: string, live: () => Promise<Job[]>): Promise<number> {
    const client = clientOf(address);
    const ours = (await client.list()).filter(
      (job) => job.type === 'SUBMISSION' && job.submission_id !== null && job.metadata?.[OWNER_KEY] === owner,
    );
    const wanted = new Set((await live()).map(agentName));
    const orphans = ours.filter((job) => !wanted.has(job.metadata?.[AGENT_KEY] ?? ''));
    const old = orphans.filter((job) => isOver(job) && Date.now() - (job.end_time ?? 0) > KEEP_RECORDS_MS);
    const ended = await Promise.allSettled(
      orphans.filter((job) => !isOver(job)).map((job) => end(client, job.submission_id!)),
    );
    const removed = await Promise.allSettled(old.map((job) => client.remove(job.submission_id!)));
    for (const result of [...ended, ...removed]) {
      if (result.status === 'rejected') log.warn({ err: result.reason, address }, 'a Ray job cannot be ended now');
    }
    return ended.filter((result) => result.status === 'fulfilled' && result.value).length;
  }

  return {
    async submit(job, access) {
      const place = rayPlace(job.place);
      const client = clientOf(place.address);
      const submission = buildSubmission(job, place, access, owner);
      await client.submit(submission);
      return { handle: { address: place.address, submission: submission.submission_id } };
    },
    async status(job) {
      const place = rayPlace(job.place);
      const client = clientOf(place.address);
      const found = await client.get(submissionId(owner, agentName(job)));
      // an addition to what is said: a cluster that does not tell has the job all the same
      const nodes = found?.status === 'PENDING' ? await client.nodes().catch(() => []) : [];
      return readStatus(found, needsOf(job, place), nodes);
    },
    async cancel(job) {
      await end(clientOf(rayPlace(job.place).address), submissionId(owner, agentName(job)));
    },
    async logs(job) {
      const text = await clientOf(rayPlace(job.place).address).logs(submissionId(owner, agentName(job)));
      return text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .slice(-KEEP_LINES);
    },
    async reap(live) {
      const counts = await Promise.all(
        // all, not those that policies name: one may have been renamed while an agent was there
        allowed.map((address) =>
          reapAt(address, live).catch((error: unknown) => {
            log.warn({ err: error, address }, 'the jobs of a Ray cluster cannot be looked through now');
            return 0;
          }),
        ),
      );
      return counts.reduce((sum, count) => sum + count, 0);
    },
  };
}

function rayPlace(place: { type: string }): RayPlace {
  if (place.type !== 'ray') throw new AppError('bug/invariant', `a job for ${place.type} was given to Ray`);
  return place as RayPlace;
}

function isOver(job: RayJob | undefined): boolean {
  return job === undefined || job.status === 'STOPPED' || job.status === 'SUCCEEDED' || job.status === 'FAILED';
}

function withoutSlash(address: string): string {
  return address.replace(/\/+$/, '');
}
