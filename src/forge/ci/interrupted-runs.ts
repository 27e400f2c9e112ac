import type { Repository } from '../state.ts';
import { now } from '../world.ts';

/** What was under way when the forge ended has no process any more: it counts as cancelled. */
export const endInterruptedRuns = (repository: Repository): void => {
  const ended = { status: 'completed', conclusion: 'cancelled' } as const;
  for (const job of repository.actions.workflowJobs) {
    if (job.status === 'completed') continue;
    for (const step of job.steps) if (step.status !== 'completed') Object.assign(step, ended, { completedAt: now() });
    Object.assign(job, ended, { completedAt: now() });
  }
  for (const run of repository.actions.workflowRuns) {
    if (run.status !== 'completed') Object.assign(run, ended, { updatedAt: now() });
  }
};
