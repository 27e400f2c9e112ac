import { isFinished, type Job } from '../../domain/jobs/job.ts';

/** What the runner says of the attempt; `unasked` when it did not have to be asked. */
export type RunnerView = 'unasked' | { state: 'pending' | 'running' } | { state: 'gone'; reason: string };

export type ObservedJob = {
  job: Job;
  runner: RunnerView;
  /** Unfinished jobs of the same runner that come first. */
  position: number;
  /** How many may run there at once. */
  maxConcurrent: number;
  /** Silence before this moment was our own absence. */
  upSince: number;
};

export type JobAction =
  /** Finished: those who wait for it are told. */
  | { do: 'announce' }
  | { do: 'wait'; until?: number }
  /** Hand this attempt to the runner (again, if we died while doing it). */
  | { do: 'submit'; attempt: number; because?: string }
  | { do: 'extend'; until: number }
  /** End whatever runs, then set the state. */
  | { do: 'end'; status: 'failed' | 'cancelled'; error: { code: string; message: string } };

/** Between handing an attempt to the runner and hearing of its agent; then the runner is asked. */
export const START_MS = 15_000;
/** The runner says that it runs, but we do not hear it: so long it is believed. */
export const SILENCE_MS = 300_000;
const ASK_AGAIN_MS = 10_000;

/** True when deciding needs the runner's view. */
export function mustAskRunner(job: Job, now: number): boolean {
  return !isFinished(job) && !job.cancelRequested && job.attempt > 0 && job.handle !== undefined && isSilent(job, now);
}

export function decideJob({ job, runner, position, maxConcurrent, upSince }: ObservedJob, now: number): JobAction {
  if (isFinished(job)) return { do: 'announce' };
  if (job.cancelRequested) {
    return { do: 'end', status: 'cancelled', error: { code: 'conflict/cancelled', message: 'The job was cancelled' } };
  }
  if (job.deadline !== undefined && job.deadline <= now) {
    const minutes = Math.round((job.deadline - (job.startedAt ?? job.deadline)) / 60_000);
    const message = `The job did not end within ${minutes} min`;
    return { do: 'end', status: 'failed', error: { code: 'external/timeout', message } };
  }
  if (job.attempt === 0) return position < maxConcurrent ? { do: 'submit', attempt: 1 } : { do: 'wait' };
  // we died between writing the attempt down and hearing the runner's answer; submitting twice is harmless
  if (job.handle === undefined) return { do: 'submit', attempt: job.attempt };
  if (!isSilent(job, now)) return { do: 'wait', until: earliest(job.leaseUntil, job.deadline) };
  if (runner === 'unasked') return { do: 'wait', until: now + ASK_AGAIN_MS };
  if (runner.state === 'gone') return lost(job, runner.reason);
  if (runner.state === 'pending') return { do: 'extend', until: now + START_MS };
  const patience = Math.max(job.leaseUntil ?? now, upSince) + SILENCE_MS;
  if (patience <= now) return lost(job, 'its runner says it runs, but it was not heard for minutes');
  return { do: 'wait', until: Math.min(now + ASK_AGAIN_MS, patience) };
}

function lost(job: Job, reason: string): JobAction {
  const because = `attempt ${job.attempt} was lost: ${reason}`;
  if (job.attempt < job.maxAttempts) return { do: 'submit', attempt: job.attempt + 1, because };
  const message = `The agent was lost ${job.attempt === 1 ? 'once' : `${job.attempt} times`}; the last time: ${reason}`;
  return { do: 'end', status: 'failed', error: { code: 'external/runner', message } };
}

function isSilent(job: Job, now: number): boolean {
  return job.leaseUntil === undefined || job.leaseUntil <= now;
}

function earliest(...times: (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
