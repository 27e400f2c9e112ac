import type { Job } from '../jobs/job.ts';
import type { Model, Sweep } from '../spec/valid.ts';

/**
 * Seconds that the last training of each model took, from its jobs, oldest first. Of several (a sweep, repeats) the mean;
 * where the model now has a sweep by halving, each as if it had been given all of the resource.
 */
export function trainingSeconds(jobs: readonly Job[], models: readonly Model[]): Map<string, number> {
  const sweeps = new Map(models.map(({ name, train }) => [name, train.sweep]));
  const newest = new Map<string, { run: string; seconds: number[] }>();
  for (const job of jobs) {
    if (job.task.kind !== 'train' || job.status !== 'succeeded' || !job.startedAt || !job.finishedAt) continue;
    const { name, train } = job.task.model;
    const run = job.key.replace(/:(?:trial|repeat):[\d.]+$/, '');
    const seconds = ((job.finishedAt - job.startedAt) / 1000) * shareLeft(sweeps.get(name), train.params);
    const before = newest.get(name);
    newest.set(name, { run, seconds: before?.run === run ? [...before.seconds, seconds] : [seconds] });
  }
  return new Map([...newest].map(([name, { seconds }]) => [name, mean(seconds)]));
}

/** By how much longer it takes with all of the resource. */
function shareLeft(sweep: Sweep | undefined, params: Model['train']['params']): number {
  const given = sweep?.halving && params[sweep.halving.param];
  return sweep?.halving && typeof given === 'number' && given > 0 ? sweep.halving.max / given : 1;
}

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
