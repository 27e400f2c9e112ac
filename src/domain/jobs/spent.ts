import type { Job, Spent } from './job.ts';

/** GPUs that are kept for the job: what the model asks for, else what its Kubernetes runner gives a training. */
export function reservedGpus({ task, place }: Pick<Job, 'task' | 'place'>): number {
  if (task.kind !== 'train') return 0;
  return task.model.train.resources.gpu || (place?.type === 'kubernetes' ? place.gpu : 0);
}

/** The job with its present attempt, which ended at that moment (epoch ms), added to what was spent. */
export function addSpent(job: Job, endedAt: number): Job {
  if (job.startedAt === undefined) return job;
  const seconds = Math.max(0, endedAt - job.startedAt) / 1000;
  const spent = spentOf(job);
  return {
    ...job,
    spent: {
      seconds: spent.seconds + seconds,
      gpuSeconds: spent.gpuSeconds + seconds * reservedGpus(job),
      price: spent.price + (seconds / 3_600) * (job.place?.pricePerHour ?? 0),
    },
  };
}

export const spentOf = ({ spent }: Pick<Job, 'spent'>): Spent => spent ?? { seconds: 0, gpuSeconds: 0, price: 0 };

export function sumSpent(jobs: Pick<Job, 'spent'>[]): Spent {
  return jobs.map(spentOf).reduce(
    (sum, { seconds, gpuSeconds, price }) => ({
      seconds: sum.seconds + seconds,
      gpuSeconds: sum.gpuSeconds + gpuSeconds,
      price: sum.price + price,
    }),
    { seconds: 0, gpuSeconds: 0, price: 0 },
  );
}
