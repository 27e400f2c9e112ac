import type { IncomingMessage } from 'node:http';
import { AppError } from '../domain/errors.ts';
import type { Job } from '../domain/jobs/job.ts';
import type { UploadStore } from '../ports/artifacts.ts';
import type { Clock } from '../ports/clock.ts';
import type { CheckoutAccess, RepositoryRef } from '../ports/github.ts';
import type { Store } from '../ports/store.ts';
import type { OidcOptions } from './oidc-exchange.ts';
import { AGENT_HEADER } from './protocol.ts';
import type { AgentIdentity, AgentTokens } from './tokens.ts';
import type { Uploads } from './uploads.ts';

export type AgentApiOptions = {
  store: Store;
  artifacts: UploadStore;
  /** Apart from the artifacts: what is replaced is removed from here, though an artifact may have the same content. */
  checkpoints: UploadStore;
  access: CheckoutAccess;
  /** By `owner/name`: the checkout token is made for the app's installation there. */
  repository: (fullName: string) => Promise<RepositoryRef>;
  tokens: AgentTokens;
  /** Where runs of GitHub Actions get their tokens; absent: nowhere. */
  oidc?: OidcOptions;
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
  uploads: Uploads;
  /** Tells job and pull request; `'progress'` at most every two seconds. */
  changed(job: Job, what: 'state' | 'progress'): Promise<void>;
};

/** An answer; without `body` none is sent. */
export type Answer = { status: number; body?: unknown; headers?: Record<string, string> };

/** The running attempt that this token is for, its lease renewed; only to the process that claimed it. */
export async function heardFrom(call: AgentCall, news: Pick<Job, 'usage'> = {}): Promise<Job> {
  const { store, clock, leaseMs } = call.options;
  return store.jobs.update(call.identity.jobId, (job) => {
    assertCurrent(job, call.identity.attempt);
    if (job.status !== 'running') throw new AppError('conflict/stale', 'this attempt was not claimed yet');
    if (call.request.headers[AGENT_HEADER] !== job.agent) {
      throw new AppError('conflict/stale', 'another agent has claimed this attempt');
    }
    return { ...job, ...news, leaseUntil: clock.now() + leaseMs };
  });
}

export function assertCurrent(job: Job, attempt: number): void {
  if (job.attempt !== attempt) throw new AppError('conflict/stale', `attempt ${attempt} was replaced by another one`);
  if (job.status !== 'queued' && job.status !== 'running') {
    throw new AppError('conflict/stale', `the job has ${job.status} already`);
  }
}
