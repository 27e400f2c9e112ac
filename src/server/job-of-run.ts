import type { EventKey } from '../domain/events/keys.ts';
import { actionsHandle } from '../domain/jobs/actions-run.ts';
import { isFinished, type Job } from '../domain/jobs/job.ts';
import type { Store } from '../ports/store.ts';

type Run = Extract<EventKey, { kind: 'run' }>;

/**
 * The unfinished job that a run on GitHub Actions was dispatched for. Once the run is over its agent is not waited for:
 * the next look asks GitHub how it ended. `at`: when we heard of it, epoch ms.
 */
export async function jobOfRun(store: Store, run: Run, at: number): Promise<string | undefined> {
  const job = await find(store, run);
  if (!job || isFinished(job)) return undefined;
  if (run.over) {
    await store.jobs.update(job.id, (current) => {
      const handle = actionsHandle(current);
      const isItsRun = handle?.runId === run.runId && handle.runAttempt <= run.runAttempt;
      if (!isItsRun || isFinished(current) || (current.leaseUntil ?? 0) <= at) return undefined;
      return { ...current, leaseUntil: at };
    });
  }
  return job.id;
}

async function find(store: Store, { repository, job: id, runId }: Run): Promise<Job | undefined> {
  const named = id === undefined ? undefined : await store.jobs.get(id);
  if (named) return named.repository === repository ? named : undefined;
  const unfinished = await store.jobs.list({ repository, unfinished: true });
  return unfinished.find((job) => actionsHandle(job)?.runId === runId);
}
