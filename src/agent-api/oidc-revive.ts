import { AppError } from '../domain/errors.ts';
import { actionsHandle } from '../domain/jobs/actions-run.ts';
import { isFinished, isTrial, type Job } from '../domain/jobs/job.ts';
import { addSpent } from '../domain/jobs/spent.ts';
import { openRecords } from '../flows/records.ts';
import type { Store } from '../ports/store.ts';
import { forNextAttempt, noteWhy } from './next-attempt.ts';
import { OidcRefusal } from './oidc-refusal.ts';

/** From now until its agent claims. */
const START_MS = 60_000;

/**
 * Somebody ran the job's run again on GitHub: the job gets a new attempt in that run, unless nobody waits for it any
 * more. Throws OidcRefusal then.
 */
export async function revive(store: Store, seen: Job, runAttempt: number, now: number): Promise<Job> {
  const reason = await whyUnwanted(store, seen);
  if (reason) throw unwanted(seen, reason);
  const why = `${isFinished(seen) ? `has ${seen.status}` : 'did not end'}; somebody ran its run again on GitHub`;
  await noteWhy(store, seen, why, now);
  try {
    return await store.jobs.update(seen.id, (current) => {
      const handle = actionsHandle(current);
      if (current.attempt !== seen.attempt || current.status !== seen.status || !handle) {
        throw unwanted(seen, 'the job has changed meanwhile');
      }
      return {
        ...forNextAttempt(isFinished(current) ? current : addSpent(current, Math.min(now, current.leaseUntil ?? now))),
        handle: { ...handle, runAttempt },
        leaseUntil: now + START_MS,
        handedAt: now,
      };
    });
  } catch (error) {
    // another job of its key began between the question and the answer
    if (await liveTwin(store, seen)) throw unwanted(seen, 'another job does the same');
    throw error;
  }
}

async function whyUnwanted(store: Store, job: Job): Promise<string | undefined> {
  if (job.status === 'succeeded') return 'the job has succeeded already';
  if (!isFinished(job) && job.cancelRequested) return 'the job is being cancelled';
  if (await liveTwin(store, job)) return 'another job does the same';
  // the sweep may have been decided without it: a late trial would have the holdout used a second time
  if (isFinished(job) && isTrial(job)) return 'the sweep that it was a trial of goes on without it';
  if (isFinished(job) && job.task.kind === 'profile') return 'its monitor has read the data itself meanwhile';
  if (job.pull === undefined) return undefined;
  const pull = await openRecords(store.documents).pulls.get(`${job.repository}#${job.pull}`);
  if (!pull || pull.closed || pull.promoting || pull.promoted) return 'its pull request is not open any more';
  if (pull.headSha !== job.sha) return 'the pull request has another head now';
  if (pull.cancelled?.headSha === pull.headSha) return 'it was cancelled on the pull request';
  const later = await store.jobs.list({ repository: job.repository, pull: job.pull });
  const isReplaced = later.some((other) => other.createdAt > job.createdAt && subject(other) === subject(job));
  return isReplaced ? 'a newer job took its place' : undefined;
}

async function liveTwin(store: Store, job: Job): Promise<boolean> {
  const twins = await store.jobs.list({ key: job.key });
  return twins.some(({ id, status }) => id !== job.id && status !== 'failed' && status !== 'cancelled');
}

function subject({ task }: Job): string {
  switch (task.kind) {
    case 'data':
      return `data ${task.dataset.name}`;
    case 'profile':
      return `profile ${task.monitor.name}`;
    default:
      return `${task.kind} ${task.model.name}`;
  }
}

function unwanted({ task }: Job, reason: string): OidcRefusal {
  const instead = task.kind === 'profile' ? '' : '; comment /retrain on the pull request instead';
  const message = `this run cannot be run again for its job: ${reason}${instead}`;
  return new OidcRefusal(new AppError('conflict/stale', message), reason);
}
