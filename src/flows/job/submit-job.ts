import { randomUUID } from 'node:crypto';
import type { Job } from '../../domain/jobs/job.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Store } from '../../ports/store.ts';
import { formatKey } from '../keys.ts';

export type JobWish = Pick<Job, 'key' | 'task' | 'repository' | 'sha' | 'pull' | 'runner' | 'place' | 'group'> & {
  maxAttempts?: number;
};

/** The live or succeeded job of that key, made when there is none. Whoever is not its runner's turn yet waits queued. */
export async function submitJob(deps: { store: Store; clock: Clock }, wish: JobWish): Promise<Job> {
  const job = await createJob(deps, wish);
  await deps.store.queue.request(formatKey({ kind: 'job', id: job.id }));
  return job;
}

/** The same for several: no runner hears of one before all are there, so that a group is started as a whole. */
export async function submitJobs(deps: { store: Store; clock: Clock }, wishes: JobWish[]): Promise<void> {
  const jobs: Job[] = [];
  for (const wish of wishes) jobs.push(await createJob(deps, wish));
  for (const { id } of jobs) await deps.store.queue.request(formatKey({ kind: 'job', id }));
}

function createJob({ store, clock }: { store: Store; clock: Clock }, wish: JobWish): Promise<Job> {
  return store.jobs.create({
    ...wish,
    id: randomUUID(),
    status: 'queued',
    attempt: 0,
    maxAttempts: wish.maxAttempts ?? 3,
    createdAt: clock.now(),
    cancelRequested: false,
  });
}

/** Asks for the end of a job. One that is finished stays as it is. */
export async function requestCancel(deps: { store: Store }, id: string): Promise<Job> {
  const job = await deps.store.jobs.update(id, (current) =>
    current.status === 'queued' || current.status === 'running' ? { ...current, cancelRequested: true } : undefined,
  );
  await deps.store.queue.request(formatKey({ kind: 'job', id }));
  return job;
}
