import type { Job } from '../domain/jobs/job.ts';
import type { Json } from '../domain/json.ts';
import type { RunnerSpec } from '../domain/spec/valid.ts';

/** A job that was given its place (`job.place`): the runner of the policy as it was when the attempt was handed over. */
export type PlacedJob = Job & { place: RunnerSpec };

/** What the runner knows of an attempt. */
export type RunnerStatus =
  /** Accepted, not started. `waitingFor`: why not, in plain words for whoever reads the check. */
  | { state: 'pending'; waitingFor?: string }
  | { state: 'running' }
  /**
   * The runner knows nothing of it (any more). `fault`, who has to do something: `infrastructure` nobody, another attempt
   * may go well; `job` its author, because another attempt would end the same way (memory limit, image that does not
   * exist); `cancelled` somebody ended it on the runner itself.
   */
  | { state: 'gone'; reason: string; fault: 'infrastructure' | 'job' | 'cancelled' };

/** Where agents run. Never our own scheduler: `submit` starts one agent for one attempt of a job. */
export type Runner = {
  /**
   * Idempotent on (job id, attempt). The token lets that attempt claim the job, until it expires. Errors: AppError
   * config/environment or permission/… for what only a person can change, external/runner for what is worth another try.
   */
  submit(job: PlacedJob, access: { serverUrl: string; token: string }): Promise<{ handle: Json }>;
  /**
   * Only where the runner has a form for many at once. Starts the first attempts of one group (`job.group`: the trials of
   * a sweep, parts of a monitor's window), at most `parallel` of them at a time. Idempotent on the group; answers the handle of each job by its id.
   */
  submitGroup?(
    members: { job: PlacedJob; token: string }[],
    access: { serverUrl: string; parallel: number },
  ): Promise<Record<string, Json>>;
  status(job: PlacedJob): Promise<RunnerStatus>;
  /** Ends the agent and everything it started. Of one that is gone: no error. */
  cancel(job: PlacedJob): Promise<void>;
  /** The last lines, at most 200, that the runner itself kept of the attempt's output; none: it kept nothing. */
  logs(job: PlacedJob): Promise<string[]>;
  /**
   * Ends agents of ours that belong to none of the live jobs, in every place where they could be. Answers how many. One
   * place that cannot be reached does not keep the others from being reaped. `live` is asked after the agents of a place
   * were listed: an attempt is written down before its agent is started, so whoever is listed and not live is an orphan.
   */
  reap(live: () => Promise<Job[]>, places: RunnerPlace[]): Promise<number>;
};

/** A runner that some repository's policy names. */
export type RunnerPlace = { repository: string; spec: RunnerSpec };
