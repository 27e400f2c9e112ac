import type { Repository } from '../state.ts';
import { exclusively, now, type World } from '../world.ts';
import { jobsOf } from './find-run.ts';
import { planJobs } from './plan-jobs.ts';
import type { RunConclusion, WorkflowJob, WorkflowRun } from './records.ts';
import { emitJob, emitRun } from './run-events.ts';
import { startJob } from './start-job.ts';
import { workflowAt } from './workflows.ts';

const conclusionOf = (jobs: WorkflowJob[]): RunConclusion => {
  const has = (conclusion: string): boolean => jobs.some((job) => job.conclusion === conclusion && !job.forgiven);
  if (has('failure') || has('timed_out')) return 'failure';
  if (has('cancelled')) return 'cancelled';
  return jobs.length > 0 && jobs.every((job) => job.conclusion === 'skipped') ? 'skipped' : 'success';
};

const complete = async (world: World, repository: Repository, run: WorkflowRun, conclusion: RunConclusion) => {
  Object.assign(run, { status: 'completed', conclusion, updatedAt: now() });
  await emitRun(world, repository, run, 'completed');
};

const makeReadyJobs = async (world: World, repository: Repository, run: WorkflowRun): Promise<void> => {
  const read = await workflowAt(world, repository, run.headSha, run.workflowPath);
  if (!read || 'errors' in read) return complete(world, repository, run, 'startup_failure');
  for (;;) {
    const fresh = planJobs(world, repository, run, read.definition);
    repository.actions.workflowJobs.push(...fresh);
    for (const job of fresh) emitJob(world, repository, run, job, job.status === 'queued' ? 'queued' : 'completed');
    // a skipped job may be all that another waited for
    if (fresh.every((job) => job.status === 'queued')) break;
  }
  const jobs = jobsOf(repository, run);
  if (jobs.every((job) => job.status === 'completed')) await complete(world, repository, run, conclusionOf(jobs));
};

/** Does what a run is due for: makes the jobs whose turn it is, or ends. Runs of one run's changes never overlap. */
export const advance = async (world: World, repository: Repository, run: WorkflowRun): Promise<void> => {
  await exclusively(world, `workflow run ${run.id}`, async () => {
    if (run.status !== 'completed') await makeReadyJobs(world, repository, run);
  });
  assignJobs(world);
};

/** Gives queued jobs, oldest first, to idle runners that have all their labels. */
export const assignJobs = (world: World): void => {
  if (world.ci.closing) return;
  const queued = world.state.repositories
    .flatMap((repository) => repository.actions.workflowJobs.map((job) => ({ repository, job })))
    .filter(({ job }) => job.status === 'queued' && !world.ci.running.has(job.id))
    .sort((left, right) => left.job.id - right.job.id);
  for (const { repository, job } of queued) {
    const busy = new Set([...world.ci.running.values()].map((running) => running.runner.id));
    const runner = world.ci.runners.find(
      (each) =>
        !busy.has(each.id) &&
        (each.repositoryId === undefined || each.repositoryId === repository.id) &&
        (job.group === undefined || job.group.toLowerCase() === 'default') &&
        job.labels.every((label) => each.labels.some((own) => own.toLowerCase() === label.toLowerCase())),
    );
    const run = repository.actions.workflowRuns.find((each) => each.id === job.runId);
    if (!runner || !run) continue;
    startJob(world, { repository, run, job, runner }, () => advance(world, repository, run));
  }
};

const endQueued = (world: World, repository: Repository, run: WorkflowRun): void => {
  for (const job of jobsOf(repository, run)) {
    if (job.status !== 'queued' || world.ci.running.has(job.id)) continue;
    Object.assign(job, { status: 'completed', conclusion: 'cancelled', completedAt: now() });
    emitJob(world, repository, run, job, 'completed');
  }
};

/** Ends a run: what waits is cancelled at once, what runs is told to stop (`force`: killed). */
export const cancelRun = async (
  world: World,
  repository: Repository,
  run: WorkflowRun,
  force: boolean,
): Promise<void> => {
  run.cancelled = true;
  endQueued(world, repository, run);
  for (const job of jobsOf(repository, run)) world.ci.running.get(job.id)?.stop(force ? 'force' : 'cancel');
  await advance(world, repository, run);
};
