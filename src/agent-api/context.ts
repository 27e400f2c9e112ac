import type { IncomingMessage } from 'node:http';
import { AppError } from '../domain/errors.ts';
import type { Job } from '../domain/jobs/job.ts';
import type { Artifacts } from '../ports/artifacts.ts';
import type { Clock } from '../ports/clock.ts';
import type { CheckoutAccess, RepositoryRef } from '../ports/github.ts';
import type { Store } from '../ports/store.ts';
import type { AgentIdentity, AgentTokens } from './tokens.ts';

export type AgentApiOptions = {
  store: Store;
  artifacts: Artifacts;
  access: CheckoutAccess;
  /** By `owner/name`: the checkout token is made for the app's installation there. */
  repository: (fullName: string) => Promise<RepositoryRef>;
  tokens: AgentTokens;
  clock: Clock;
  log: { warn(fields: Record<string, unknown>, message: string): void };
  /** An agent not heard for that long counts as lost. */
  leaseMs: number;
  maxBlobBytes: number;
};

export type AgentCall = {
  options: AgentApiOptions;
  identity: AgentIdentity;
  request: IncomingMessage;
  /** Tells job and pull request; `'progress'` at most every two seconds. */
  changed(job: Job, what: 'state' | 'progress'): Promise<void>;
};

/** An answer; without `body` none is sent. */
export type Answer = { status: number; body?: unknown };

/** The running attempt that this token is for, its lease renewed. */
export async function heardFrom(call: AgentCall): Promise<Job> {
  const { store, clock, leaseMs } = call.options;
  return store.jobs.update(call.identity.jobId, (job) => {
    assertCurrent(job, call.identity.attempt);
    if (job.status !== 'running') throw new AppError('conflict/stale', 'this attempt was not claimed yet');
    return { ...job, leaseUntil: clock.now() + leaseMs };
  });
}

export function assertCurrent(job: Job, attempt: number): void {
  if (job.attempt !== attempt) throw new AppError('conflict/stale', `attempt ${attempt} was replaced by another one`);
  if (job.status !== 'queued' && job.status !== 'running') {
    throw new AppError('conflict/stale', `the job has ${job.status} already`);
  }
}
