import { isTrial, type Job, TRIAL_LOOK_MS } from '../domain/jobs/job.ts';
import { formatKey } from '../flows/keys.ts';
import type { Clock } from '../ports/clock.ts';
import type { WorkQueue } from '../ports/store.ts';
import type { AgentCall } from './context.ts';

const FASTEST_MS = 2_000;
const SLOWEST_MS = 30_000;
/** An agent that has begun has its first lines a little later: one look shows both. */
const BEGUN_MS = 1_000;
/** Looks at a job grow as far apart as this part of how long it has been running. */
const PART = 1 / 15;

/**
 * Asks for a look at the job and its pull request. Progress asks for one look in two seconds at first and for fewer the
 * longer a job runs: each look costs about eight of the 5,000 calls that GitHub allows an hour. Jobs of one pull request
 * share its looks; those that want one at about the same time get the same one.
 */
export function createNotifier(queue: WorkQueue, clock: Clock): AgentCall['changed'] {
  const nextLook = new Map<string, number>();
  const placeOf = ({ id, repository, pull }: Job): string => (pull === undefined ? id : `${repository}#${pull}`);

  async function lookAtPull(job: Job, at?: number): Promise<void> {
    if (job.pull === undefined) return;
    await queue.request(formatKey({ kind: 'pull', repository: job.repository, number: job.pull }), at);
  }

  return async (job, what) => {
    const now = clock.now();
    if (what === 'state') {
      await queue.request(formatKey({ kind: 'job', id: job.id }));
      const begun = job.status === 'running' ? now + BEGUN_MS : undefined;
      const at = isTrial(job) ? now + TRIAL_LOOK_MS : begun;
      if (at === undefined) nextLook.delete(placeOf(job));
      else nextLook.set(placeOf(job), at);
      await lookAtPull(job, at);
      return;
    }
    const next = nextLook.get(placeOf(job)) ?? 0;
    // a look that is still to come will see this progress as well
    if (next > now) return;
    const age = now - (job.startedAt ?? now);
    const at = Math.max(now, next + Math.min(SLOWEST_MS, Math.max(FASTEST_MS, age * PART)));
    nextLook.set(placeOf(job), at);
    await lookAtPull(job, at);
  };
}
