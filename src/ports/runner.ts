import type { Job } from '../domain/jobs/job.ts';
import type { Json } from '../domain/json.ts';

/** Where agents run. Never our own scheduler: `submit` starts one agent for one attempt of a job. */
export type Runner = {
  /** Idempotent on (job id, attempt). The token lets that attempt claim the job, until it expires. */
  submit(job: Job, access: { serverUrl: string; token: string }): Promise<{ handle: Json }>;
  /** `gone`: the runner knows nothing of it (any more), with what it can say of the end. */
  status(job: Job): Promise<{ state: 'pending' | 'running' } | { state: 'gone'; reason: string }>;
  /** Ends the agent and everything it started. Of one that is gone: no error. */
  cancel(job: Job): Promise<void>;
  /** Ends agents of this runner that belong to none of the live jobs. Answers how many. */
  reap(live: Job[]): Promise<number>;
};
