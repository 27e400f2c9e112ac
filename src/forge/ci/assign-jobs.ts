import type { Repository } from '../state.ts';
import type { World } from '../world.ts';
import type { WorkflowJob } from './records.ts';
import type { Runner } from './runtime.ts';
import { type Assignment, startJob } from './start-job.ts';

const fits = (runner: Runner, repository: Repository, job: WorkflowJob): boolean =>
  (runner.repositoryId === undefined || runner.repositoryId === repository.id) &&
  (job.group === undefined || job.group.toLowerCase() === 'default') &&
  job.labels.every((label) => runner.labels.some((own) => own.toLowerCase() === label.toLowerCase()));

const isHeldBack = (world: World, repository: Repository, job: WorkflowJob): boolean => {
  if (job.maxParallel === undefined) return false;
  const same = repository.actions.workflowJobs.filter((each) => each.runId === job.runId && each.key === job.key);
  return same.filter((each) => world.ci.running.has(each.id)).length >= job.maxParallel;
};

/** Gives queued jobs, oldest first, to idle runners that have all their labels. */
export const assignJobs = (world: World, ended: (assignment: Assignment) => Promise<void>): void => {
  if (world.ci.closing) return;
  const queued = world.state.repositories
    .flatMap((repository) => repository.actions.workflowJobs.map((job) => ({ repository, job })))
    .filter(({ job }) => job.status === 'queued' && !world.ci.running.has(job.id))
    .sort((left, right) => left.job.id - right.job.id);
  for (const { repository, job } of queued) {
    const busy = new Set([...world.ci.running.values()].map((running) => running.runner.id));
    const runner = world.ci.runners.find((each) => !busy.has(each.id) && fits(each, repository, job));
    const run = repository.actions.workflowRuns.find((each) => each.id === job.runId);
    if (!runner || !run || isHeldBack(world, repository, job)) continue;
    const assignment = { repository, run, job, runner };
    startJob(world, assignment, () => ended(assignment));
  }
};
