import type { Repository } from '../state.ts';
import { exclusively, now, type World } from '../world.ts';
import { assignJobs } from './assign-jobs.ts';
import { displacedBy, mustWait, nextInGroup } from './concurrency.ts';
import { jobsOf } from './find-run.ts';
import { planJobs } from './plan-jobs.ts';
import type { RunConclusion, WorkflowJob, WorkflowRun } from './records.ts';
import { emitJob, emitRun } from './run-events.ts';
import { workflowAt } from './workflows.ts';

const conclusionOf = (jobs: WorkflowJob[]): RunConclusion => {
  const has = (conclusion: string): boolean => jobs.some((job) => job.conclusion === conclusion && !job.forgiven);
  if (has('failure') || has('timed_out')) return 'failure';
  if (has('cancelled')) return 'cancelled';
  return jobs.length > 0 && jobs.every((job) => job.conclusion === 'skipped') ? 'skipped' : 'success';
};

const complete = async (
  world: World,
  repository: Repository,
  run: WorkflowRun,
  conclusion: RunConclusion,
  fault?: string,
): Promise<void> => {
  Object.assign(run, { status: 'completed', conclusion, fault, updatedAt: now() });
  await emitRun(world, repository, run, 'completed');
  const next = run.concurrency && nextInGroup(repository, run);
  if (next) void advance(world, repository, next);
};

const makeReadyJobs = async (world: World, repository: Repository, run: WorkflowRun): Promise<void> => {
  const read = await workflowAt(world, repository, run.headSha, run.workflowPath);
  if (!read || 'errors' in read) {
    const fault = read ? read.errors.join('\n') : `There is no ${run.workflowPath}`;
    return complete(world, repository, run, 'startup_failure', fault);
  }
  for (;;) {
    const fresh = planJobs(world, repository, run, read.definition);
    repository.actions.workflowJobs.push(...fresh);
    for (const job of fresh) emitJob(world, repository, run, job, job.status === 'queued' ? 'queued' : 'completed');
    // a skipped job may be all that another waited for
    if (fresh.every((job) => job.status === 'queued')) break;
  }
  const jobs = jobsOf(repository, run);
  if (jobs.some((job) => job.status !== 'completed')) return;
  const never = read.definition.jobs.filter(({ key }) => !jobs.some((job) => job.key === key)).map(({ key }) => key);
  if (never.length === 0) return complete(world, repository, run, conclusionOf(jobs));
  const fault = `What these jobs need never comes: ${never.join(', ')}`;
  await complete(world, repository, run, 'startup_failure', fault);
};

/** A job that fails ends the others of its matrix, unless the workflow says otherwise. */
const stopSiblings = (world: World, repository: Repository, run: WorkflowRun): void => {
  const jobs = jobsOf(repository, run);
  const failed = jobs.filter((job) => job.failFast && job.conclusion === 'failure' && !job.forgiven);
  for (const job of jobs) {
    if (job.status === 'completed' || !failed.some((each) => each.key === job.key)) continue;
    const running = world.ci.running.get(job.id);
    if (running) running.stop('cancel');
    else endQueued(world, repository, run, job);
  }
};

const go = async (world: World, repository: Repository, run: WorkflowRun): Promise<void> => {
  if (run.status === 'completed') return;
  if (run.fault !== undefined) return complete(world, repository, run, 'startup_failure', run.fault);
  if (run.concurrency && jobsOf(repository, run).every((job) => job.attempt !== run.attempt) && !run.cancelled) {
    for (const other of displacedBy(repository, run)) void cancelRun(world, repository, other, false);
    if (mustWait(repository, run)) {
      run.status = 'pending';
      return;
    }
    if (run.status === 'pending') run.status = 'queued';
  }
  stopSiblings(world, repository, run);
  await makeReadyJobs(world, repository, run);
};

/** Does what a run is due for: makes the jobs whose turn it is, or ends. Changes of one run never overlap. */
export const advance = async (world: World, repository: Repository, run: WorkflowRun): Promise<void> => {
  try {
    await exclusively(world, `workflow run ${run.id}`, () => go(world, repository, run));
  } catch (error) {
    // a forge that is closed has no folder any more
    if (world.ci.closing) return;
    await complete(world, repository, run, 'startup_failure', String(error));
  }
  assignJobs(world, (ended) => advance(world, ended.repository, ended.run));
};

const endQueued = (world: World, repository: Repository, run: WorkflowRun, job: WorkflowJob): void => {
  Object.assign(job, { status: 'completed', conclusion: 'cancelled', completedAt: now() });
  emitJob(world, repository, run, job, 'completed');
};

/** Ends a run: what waits is cancelled at once, what runs is told to stop (`force`: killed). */
export const cancelRun = async (
  world: World,
  repository: Repository,
  run: WorkflowRun,
  force: boolean,
): Promise<void> => {
  run.cancelled = true;
  for (const job of jobsOf(repository, run)) {
    const running = world.ci.running.get(job.id);
    if (running) running.stop(force ? 'force' : 'cancel');
    else if (job.status === 'queued') endQueued(world, repository, run, job);
  }
  await advance(world, repository, run);
};

/** Looks for work for runners that have come. */
export const offerRunners = (world: World): void =>
  assignJobs(world, (ended) => advance(world, ended.repository, ended.run));
