import type { Job, JobEvent } from '../../domain/jobs/job.ts';
import { queuePosition } from '../../domain/jobs/may-start.ts';
import type { FlowDeps } from '../deps.ts';

export async function newestJob(deps: FlowDeps, key: string): Promise<Job | undefined> {
  return newestOf(await deps.store.jobs.list({ key }));
}

/**
 * A job that we gave up is no answer: another head may want the same inputs and start anew. One that somebody ended on the
 * runner itself is: it would only be started against that will.
 */
export function newestOf(jobs: Job[]): Job | undefined {
  return jobs
    .filter((job) => job.status !== 'cancelled' || !job.cancelRequested)
    .sort((a, b) => a.createdAt - b.createdAt)
    .at(-1);
}

export type Progress = { log: JobEvent[]; curve: JobEvent[]; ahead: number };

/** The log's end, the curve of the present attempt, and how many jobs come first. */
export async function progressOf(deps: FlowDeps, job: Job | undefined): Promise<Progress> {
  if (!job) return { log: [], curve: [], ahead: 0 };
  const [log, curve] = await Promise.all([
    deps.store.jobs.events(job.id, { kind: 'log', last: 40 }),
    deps.store.jobs.events(job.id, { kind: 'metric' }),
  ]);
  const ahead = job.status === 'queued' ? queuePosition(await deps.store.jobs.list({ unfinished: true }), job.id) : 0;
  return { log, curve: curve.filter((event) => event.attempt === job.attempt), ahead };
}
