import type { JobTask } from '../../domain/jobs/job.ts';
import type { TrialRun } from '../../domain/sweep/step-sweep.ts';
import { type JobRequest, type ModelStage, trialKey } from './stage.ts';

/** The trials to start now. An agent sees in each a training like any other. */
export function sweepJobs(stage: ModelStage, allow: string[]): JobRequest[] {
  const { sweep, key } = stage.train;
  if (!sweep) return [];
  const { submit } = sweep.step;
  const group = submit.length > 1 && sweep.together ? groupOf(stage, submit[0]!.rung) : undefined;
  return submit.map((run) => ({
    key: trialKey(key, run.id),
    runner: stage.model.train.runner,
    task: trialTask(stage, run, allow),
    ...(group !== undefined && { group }),
  }));
}

/** Trials that are made together may be started as one; those that are made later are another such batch. */
function groupOf({ train: { key, sweep } }: ModelStage, rung: number): string {
  const made = Object.keys(sweep!.jobs).filter((run) => run.startsWith(`${rung}.`)).length;
  return `${key}:rung:${rung}:${made}.${sweep!.givenUp}`;
}

function trialTask({ model, dataset }: ModelStage, run: TrialRun, allow: string[]): JobTask {
  const { sweep: _, ...train } = model.train;
  return {
    kind: 'train',
    model: { ...model, train: { ...train, params: { ...train.params, ...run.params } } },
    dataset,
    allow,
  };
}
