import { HttpError } from '../http-error.ts';
import type { Repository } from '../state.ts';
import { exclusively, now, type World } from '../world.ts';
import { jobsOf } from './find-run.ts';
import type { WorkflowJob, WorkflowRun } from './records.ts';
import { emitRun } from './run-events.ts';
import { advance } from './schedule.ts';
import { workflowAt } from './workflows.ts';

/** Keys that depend on any of `keys`, those included. */
const withDependents = (jobs: { key: string; needs: string[] }[], keys: Set<string>): Set<string> => {
  const all = new Set(keys);
  for (let before = -1; before !== all.size; ) {
    before = all.size;
    for (const job of jobs) if (job.needs.some((need) => all.has(need))) all.add(job.key);
  }
  return all;
};

const isFailed = (job: WorkflowJob): boolean =>
  job.conclusion === 'failure' || job.conclusion === 'cancelled' || job.conclusion === 'timed_out';

/** Runs a completed run again under the next attempt number: all of it, what failed, or one job with what needs it. */
export const rerun = async (
  world: World,
  repository: Repository,
  run: WorkflowRun,
  asked: { actor: string; what: 'all' | 'failed' | WorkflowJob },
): Promise<void> => {
  if (run.status !== 'completed') throw new HttpError(403, 'This workflow is already running');
  const read = await workflowAt(world, repository, run.headSha, run.workflowPath);
  const definitions = read && 'definition' in read ? read.definition.jobs : [];
  const jobs = jobsOf(repository, run);
  const { what } = asked;
  const again = what === 'all' ? jobs : what === 'failed' ? jobs.filter(isFailed) : jobs.filter((job) => job === what);
  if (again.length === 0) throw new HttpError(403, 'This workflow run cannot be retried');
  const keys = new Set(again.map((job) => job.key));
  const replaced = withDependents(definitions, keys);
  const isKept = (job: WorkflowJob): boolean => !replaced.has(job.key) || (keys.has(job.key) && !again.includes(job));
  const kept = what === 'all' ? [] : jobs.filter(isKept).map((job) => job.id);
  const { attempt, status, conclusion, startedAt, updatedAt, triggeringActor, kept: keptBefore } = run;
  const times = { startedAt, updatedAt, triggeringActor };
  run.history.push({ attempt, status, conclusion, ...times, kept: keptBefore });
  Object.assign(run, {
    attempt: attempt + 1,
    status: 'queued',
    conclusion: undefined,
    cancelled: false,
    startedAt: now(),
    updatedAt: now(),
    triggeringActor: asked.actor,
    kept,
    replaced: [...replaced],
  });
  await exclusively(world, `workflow run ${run.id}`, () => emitRun(world, repository, run, 'requested'));
  void advance(world, repository, run);
};
