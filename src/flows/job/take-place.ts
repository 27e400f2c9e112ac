import { AppError } from '../../domain/errors.ts';
import type { Job } from '../../domain/jobs/job.ts';
import { type JobLimits, whoMayStart } from '../../domain/jobs/may-start.ts';
import type { Store } from '../../ports/store.ts';

const COLLECTION = 'places';
const ID = 'taken';
const TRIES = 20;

/** Takes one of the places that jobs may have at once; false: it is not its turn. */
export async function takePlace(store: Store, id: string, limits: JobLimits): Promise<boolean> {
  return (await take(store, limits, id)).includes(id);
}

/** Gives every place that is free to whose turn it is; answers who waits with a place. */
export async function takePlaces(store: Store, limits: JobLimits): Promise<string[]> {
  return take(store, limits);
}

/**
 * Several looks, in several processes, cannot take the same place: who takes one writes it down against the revision
 * that it read. `only`: for that job alone.
 */
async function take(store: Store, limits: JobLimits, only?: string): Promise<string[]> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const stored = await store.documents.get<{ jobs: string[] }>(COLLECTION, ID);
    const before = new Set(stored?.value.jobs);
    const unfinished = await store.jobs.list({ unfinished: true });
    const taken = (job: Pick<Job, 'id' | 'attempt'>) => job.attempt > 0 || before.has(job.id);
    const waiting = unfinished.filter((job) => job.attempt === 0 && before.has(job.id)).map(({ id }) => id);
    if (only !== undefined && before.has(only)) return waiting;
    const started = whoMayStart(unfinished, taken, limits).filter((id) => only === undefined || id === only);
    if (started.length === 0) return waiting;
    const jobs = [...unfinished.filter(taken).map((job) => job.id), ...started];
    try {
      await store.documents.put(COLLECTION, ID, { jobs }, stored?.revision ?? 0);
      return [...waiting, ...started];
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'conflict/stale') throw error;
    }
  }
  throw new AppError('conflict/stale', 'the places are being taken by others');
}
