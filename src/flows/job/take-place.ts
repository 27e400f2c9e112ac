import { AppError } from '../../domain/errors.ts';
import { type JobLimits, mayStart } from '../../domain/jobs/may-start.ts';
import type { Store } from '../../ports/store.ts';

const COLLECTION = 'places';
const ID = 'taken';
const TRIES = 20;

/**
 * Takes one of the places that jobs may have at once; false: it is not its turn. Several looks, in several processes,
 * cannot take the same place: who takes one writes it down against the revision that it read.
 */
export async function takePlace(store: Store, id: string, limits: JobLimits): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const stored = await store.documents.get<{ jobs: string[] }>(COLLECTION, ID);
    const before = new Set(stored?.value.jobs);
    const unfinished = await store.jobs.list({ unfinished: true });
    const taken = (job: { id: string; attempt: number }) => job.attempt > 0 || before.has(job.id);
    if (before.has(id)) return true;
    if (!mayStart(unfinished, taken, id, limits)) return false;
    const jobs = [...unfinished.filter(taken).map((job) => job.id), id];
    try {
      await store.documents.put(COLLECTION, ID, { jobs }, stored?.revision ?? 0);
      return true;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'conflict/stale') throw error;
    }
  }
  throw new AppError('conflict/stale', 'the places are being taken by others');
}
