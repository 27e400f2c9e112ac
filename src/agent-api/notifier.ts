import type { Job } from '../domain/jobs/job.ts';
import { formatKey } from '../flows/keys.ts';
import type { Clock } from '../ports/clock.ts';
import type { WorkQueue } from '../ports/store.ts';
import type { AgentCall } from './context.ts';

const FASTEST_MS = 2_000;
const SLOWEST_MS = 30_000;
/** Looks at a job grow as far apart as this part of how long it has been running. */
const PART = 1 / 15;

/**
 * Asks for a look at the job and its pull request. Progress asks for one look in two seconds at first and for fewer the
 * longer a job runs: each look costs about eight of the 5,000 calls that GitHub allows an hour.
 */
export function createNotifier(queue: WorkQueue, clock: Clock): AgentCall['changed'] {
  const nextLook = new Map<string, number>();

  async function lookAtPull(job: Job, at?: number): Promise<void> {
    if (job.pull === undefined) return;
    await queue.request(formatKey({ kind: 'pull', repository: job.repository, number: job.pull }), at);
  }

  return async (job, what) => {
    if (what === 'state') {
      nextLook.delete(job.id);
      await queue.request(formatKey({ kind: 'job', id: job.id }));
      await lookAtPull(job);
      return;
    }
    const now = clock.now();
    const next = nextLook.get(job.id) ?? 0;
    // a look that is still to come will see this progress as well
    if (next > now) return;
    const age = now - (job.startedAt ?? now);
    const at = Math.max(now, next + Math.min(SLOWEST_MS, Math.max(FASTEST_MS, age * PART)));
    nextLook.set(job.id, at);
    await lookAtPull(job, at);
  };
}
