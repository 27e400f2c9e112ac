import type { Repository } from '../state.ts';
import { exclusively, now, type World } from '../world.ts';
import { newStep } from './job-scope.ts';
import type { WorkflowJob, WorkflowRun } from './records.ts';
import { emitJob, emitRun } from './run-events.ts';
import { runJob } from './run-job.ts';
import type { Runner, StopReason } from './runtime.ts';
import { createStop } from './stop.ts';

export type Assignment = { repository: Repository; run: WorkflowRun; job: WorkflowJob; runner: Runner };

const noticeStart = (world: World, { repository, run, job, runner }: Assignment): Promise<void> =>
  exclusively(world, `workflow run ${run.id}`, async () => {
    Object.assign(job, { status: 'in_progress', startedAt: now(), runnerId: runner.id, runnerName: runner.name });
    job.steps = [{ ...newStep(1, 'Set up job'), status: 'in_progress', startedAt: now() }];
    if (run.status === 'queued') {
      Object.assign(run, { status: 'in_progress', updatedAt: now() });
      await emitRun(world, repository, run, 'in_progress');
    }
    emitJob(world, repository, run, job, 'in_progress');
  });

/** Puts a job on a runner, which is busy from this moment; `ended` is called after the job's last word. */
export const startJob = (world: World, assignment: Assignment, ended: () => Promise<void>): void => {
  const { repository, run, job, runner } = assignment;
  const stop = createStop();
  const work = async (): Promise<void> => {
    await noticeStart(world, assignment);
    const { conclusion, forgiven } = await runJob(world, assignment, stop);
    Object.assign(job, { conclusion, forgiven });
  };
  const done = work()
    .catch((error: unknown) => {
      job.conclusion = 'failure';
      job.annotations.push({ level: 'failure', title: undefined, message: String(error) });
    })
    .then(async () => {
      Object.assign(job, { status: 'completed', completedAt: now() });
      world.ci.running.delete(job.id);
      if (world.ci.closing) return;
      emitJob(world, repository, run, job, 'completed');
      await ended();
    });
  const stopWith = (reason: StopReason): void => stop.raise(reason);
  world.ci.running.set(job.id, { jobId: job.id, runner, repositoryId: repository.id, stop: stopWith, done });
};
