import type { Job } from '../domain/jobs/job.ts';
import type { Store } from '../ports/store.ts';

/** The job as it waits for its next attempt; a checkpoint stays. */
export function forNextAttempt(job: Job): Job {
  const {
    agent: _,
    startedAt: __,
    finishedAt: ___,
    deadline: ____,
    usage: _____,
    waitingFor: ______,
    result: _______,
    error: ________,
    ...rest
  } = job;
  return { ...rest, status: 'queued', attempt: job.attempt + 1, cancelRequested: false };
}

/**
 * Why there is another attempt, for whoever reads the log: attempt 0 holds our own notes. The number is that of the
 * attempt that ended, so that a note written twice is one and none is missing.
 */
export async function noteWhy(store: Store, { id, attempt }: Job, why: string, at: number): Promise<void> {
  const line = `attempt ${attempt} ${why}`;
  await store.jobs.appendEvents(id, 0, [{ attempt: 0, seq: attempt, at, kind: 'log', stream: 'agent', line }]);
}
