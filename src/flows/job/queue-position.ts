import { isFinished, type Job } from '../../domain/jobs/job.ts';

/**
 * How many unfinished jobs of the same runner come before it, in the order of creation. The same order decides who may
 * start, so nobody is overtaken and two looks at the same moment cannot both take the last place.
 */
export function queuePosition(jobs: Job[], id: string): number {
  const job = jobs.find((candidate) => candidate.id === id);
  if (!job) return 0;
  return jobs.filter((other) => other.runner === job.runner && !isFinished(other) && comesBefore(other, job)).length;
}

function comesBefore(a: Job, b: Job): boolean {
  return a.createdAt < b.createdAt || (a.createdAt === b.createdAt && a.id < b.id);
}
