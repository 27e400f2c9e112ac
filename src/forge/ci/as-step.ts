import { now } from '../world.ts';
import { openStepLog, type StepLog } from './job-log.ts';
import type { JobScope } from './job-scope.ts';
import type { JobStep, StepConclusion } from './records.ts';

/** Runs `work` as a step of the job, with its times, its log and what came of it. */
export const asStep = async (
  scope: JobScope,
  step: JobStep,
  work: (log: StepLog) => Promise<StepConclusion>,
): Promise<StepConclusion> => {
  const log = await openStepLog(scope.world, scope.job.id, step.number, scope.masks);
  Object.assign(step, { status: 'in_progress', startedAt: now() });
  let conclusion: StepConclusion;
  try {
    conclusion = await work(log);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    log.write(`##[error]${message}`);
    scope.job.annotations.push({ level: 'failure', title: undefined, message });
    conclusion = 'failure';
  }
  await log.end();
  Object.assign(step, { status: 'completed', conclusion, completedAt: now() });
  return conclusion;
};
