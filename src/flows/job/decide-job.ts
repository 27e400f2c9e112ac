import { isFinished, type Job } from '../../domain/jobs/job.ts';
import type { RunnerStatus } from '../../ports/runner.ts';

/** What the runner says of the attempt; `unasked` when it did not have to be asked. */
export type RunnerView = 'unasked' | RunnerStatus;

export type ObservedJob = {
  job: Job;
  runner: RunnerView;
  /** A job that waits has been given a place. */
  placed: boolean;
  /** Silence before this moment was our own absence. */
  upSince: number;
};

export type JobAction =
  /** Finished: those who wait for it are told. */
  | { do: 'announce' }
  | { do: 'wait'; until?: number }
  /** Hand this attempt to the runner (again, if we died while doing it). */
  | { do: 'submit'; attempt: number; because?: string }
  /** The runner has it and has not started it. */
  | { do: 'extend'; until: number; waitingFor?: string }
  /** End whatever runs, then set the state. */
  | { do: 'end'; status: 'failed' | 'cancelled'; error: { code: string; message: string } };

/** Between handing an attempt to the runner and hearing of its agent; then the runner is asked. */
export const START_MS = 15_000;
/** The runner says that it runs, but we do not hear it: so long it is believed. */
export const SILENCE_MS = 300_000;
const ASK_AGAIN_MS = 10_000;
/** One that waits in a cluster's queue for hours is not asked after every few seconds. */
const PENDING_PART = 1 / 10;
const PENDING_MAX_MS = 60_000;
/** GitHub tells us when a run begins; asking is for what it forgets to tell. */
const PENDING_ACTIONS_MAX_MS = 300_000;

/** True when deciding needs the runner's view. */
export function mustAskRunner(job: Job, now: number): boolean {
  const asked = job.attempt > 0 && job.handle !== undefined && !isFinished(job) && !job.cancelRequested;
  return asked && (job.status === 'queued' || isSilent(job, now));
}

export function decideJob({ job, runner, placed, upSince }: ObservedJob, now: number): JobAction {
  if (isFinished(job)) return { do: 'announce' };
  if (job.cancelRequested) {
    return { do: 'end', status: 'cancelled', error: { code: 'conflict/cancelled', message: 'The job was cancelled' } };
  }
  if (job.deadline !== undefined && job.deadline <= now) {
    const minutes = Math.round((job.deadline - (job.startedAt ?? job.deadline)) / 60_000);
    const message = `The job did not end within ${minutes} min`;
    return { do: 'end', status: 'failed', error: { code: 'external/timeout', message } };
  }
  if (job.attempt === 0) return placed ? { do: 'submit', attempt: 1 } : { do: 'wait' };
  // we died between writing the attempt down and hearing the runner's answer; submitting twice is harmless
  if (job.handle === undefined) return { do: 'submit', attempt: job.attempt };
  const silent = isSilent(job, now);
  if (runner === 'unasked') {
    return { do: 'wait', until: silent ? now + ASK_AGAIN_MS : earliest(job.leaseUntil, job.deadline) };
  }
  if (runner.state === 'gone') return ended(job, runner);
  if (runner.state === 'pending') {
    const waited = now - (job.handedAt ?? now);
    const longest = job.place?.type === 'actions' ? PENDING_ACTIONS_MAX_MS : PENDING_MAX_MS;
    const until = now + Math.min(longest, Math.max(START_MS, waited * PENDING_PART));
    return { do: 'extend', until, ...(runner.waitingFor && { waitingFor: runner.waitingFor }) };
  }
  if (!silent) return { do: 'wait', until: earliest(job.leaseUntil, job.deadline) };
  const patience = Math.max(job.leaseUntil ?? now, upSince) + SILENCE_MS;
  if (patience <= now) return lost(job, 'its runner says it runs, but it was not heard for minutes');
  return { do: 'wait', until: Math.min(now + ASK_AGAIN_MS, patience) };
}

/** Only what nobody is to blame for is worth another attempt. */
function ended(job: Job, { reason, fault }: Extract<RunnerStatus, { state: 'gone' }>): JobAction {
  if (fault === 'infrastructure') return lost(job, reason);
  if (fault === 'cancelled')
    return { do: 'end', status: 'cancelled', error: { code: 'conflict/cancelled', message: reason } };
  const code = job.task.kind === 'train' ? 'config/train-failed' : 'config/environment';
  return { do: 'end', status: 'failed', error: { code, message: reason } };
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
