import { now, type World } from '../world.ts';
import { asStep } from './as-step.ts';
import { endOrphans } from './end-orphans.ts';
import { interpolateRecord, interpolateText } from './expressions.ts';
import { githubContext } from './github-context.ts';
import { contextsOf, type Frame, type JobScope, newStep } from './job-scope.ts';
import { closeJob, openJob } from './open-job.ts';
import type { StepConclusion, WorkflowJob } from './records.ts';
import { resolveAction } from './resolve-action.ts';
import { runPosts } from './run-posts.ts';
import { runStep, stepTitle, timeoutOf } from './run-step.ts';
import type { Assignment } from './start-job.ts';
import type { Stop } from './stop.ts';
import { workflowAt } from './workflows.ts';

export type JobEnd = { conclusion: NonNullable<WorkflowJob['conclusion']>; forgiven: boolean };

const isGone = (stop: Stop): boolean => stop.reason() === 'force' || stop.reason() === 'lost';

const settle = (scope: JobScope, conclusion: StepConclusion): void => {
  if (scope.stop.reason()) scope.progress = 'cancelled';
  else if (conclusion === 'failure' && scope.progress === 'success') scope.progress = 'failure';
};

const setUp = (scope: JobScope): Promise<StepConclusion> =>
  asStep(scope, scope.job.steps[0]!, async (log) => {
    log.write(`Runner name: '${scope.runner.name}'`);
    log.write(`Job name: ${scope.job.name}`);
    for (const { uses } of scope.definition.steps) {
      if (uses === undefined || uses.startsWith('./')) continue;
      log.write(`Download action '${uses}'`);
      await resolveAction(scope, uses);
    }
    return 'success';
  });

const runMain = async (scope: JobScope, frame: Frame): Promise<void> => {
  for (const [at, definition] of scope.definition.steps.entries()) {
    const step = scope.job.steps[at + 1]!;
    if (isGone(scope.stop)) {
      Object.assign(step, { status: 'completed', conclusion: 'cancelled', completedAt: now() });
      continue;
    }
    const conclusion = await asStep(scope, step, async (log) => {
      const result = await runStep(scope, frame, definition, log, scope.progress);
      return result.conclusion;
    });
    settle(scope, conclusion);
  }
};

const collectOutputs = (scope: JobScope, frame: Frame): void => {
  const contexts = contextsOf(scope, frame, githubContext(scope.world, scope.repository, scope.run));
  const outputs = interpolateRecord(scope.definition.outputs, contexts);
  // a value that shows a secret is not handed on
  const isSafe = (value: string): boolean => ![...scope.masks].some((mask) => value.includes(mask));
  scope.job.outputs = Object.fromEntries(Object.entries(outputs).filter(([, value]) => isSafe(value)));
};

const completeJob = async (scope: JobScope, frame: Frame): Promise<void> => {
  const step = newStep(scope.job.steps.length + 1, 'Complete job');
  scope.job.steps.push(step);
  await asStep(scope, step, async (log) => {
    if (!isGone(scope.stop)) collectOutputs(scope, frame);
    log.write('Cleaning up orphan processes');
    const found = await endOrphans(scope.base.RUNNER_TRACKING_ID ?? '');
    if (found > 0) log.write(`Terminated ${found} orphan process${found === 1 ? '' : 'es'}`);
    return 'success';
  });
};

const endOf = (scope: JobScope): JobEnd => {
  const reason = scope.stop.reason();
  if (reason === 'lost') {
    const message = `The self-hosted runner: ${scope.runner.name} lost communication with the server.`;
    scope.job.annotations.push({ level: 'failure', title: undefined, message });
    return { conclusion: scope.world.ci.closing ? 'cancelled' : 'failure', forgiven: false };
  }
  if (reason) return { conclusion: 'cancelled', forgiven: false };
  const failed = scope.progress === 'failure';
  const forgiven =
    failed &&
    interpolateText(scope.definition.continueOnError, {
      matrix: scope.job.matrix,
      inputs: scope.run.inputs,
      vars: scope.repository.actions.variables,
    }) === 'true';
  return { conclusion: failed ? 'failure' : 'success', forgiven };
};

const runAll = async (scope: JobScope): Promise<JobEnd> => {
  const frame: Frame = { inputs: scope.run.inputs, steps: {}, env: {}, actionPath: undefined };
  const contexts = contextsOf(scope, frame, githubContext(scope.world, scope.repository, scope.run));
  const limit = timeoutOf(scope.definition.timeoutMinutes, contexts) ?? 360 * 60_000;
  const timer = setTimeout(() => {
    const message = `The job has exceeded the maximum execution time of ${limit / 60_000} minutes`;
    scope.job.annotations.push({ level: 'failure', title: undefined, message });
    scope.stop.raise('timeout');
  }, limit);
  const titles = scope.definition.steps.map((step) => interpolateText(stepTitle(step), contexts));
  scope.job.steps = ['Set up job', ...titles].map((title, at) => newStep(at + 1, title));
  try {
    settle(scope, await setUp(scope));
    if (scope.job.steps[0]?.conclusion === 'success') {
      await runMain(scope, frame);
      await runPosts(scope, frame);
    } else {
      for (const step of scope.job.steps.slice(1)) Object.assign(step, { status: 'completed', conclusion: 'skipped' });
    }
    await completeJob(scope, frame);
  } finally {
    clearTimeout(timer);
  }
  return endOf(scope);
};

/** Runs a job from its set-up to the end of its last process. */
export const runJob = async (world: World, assignment: Assignment, stop: Stop): Promise<JobEnd> => {
  const { repository, run, job } = assignment;
  try {
    const read = await workflowAt(world, repository, run.headSha, run.workflowPath);
    const workflow = read && 'definition' in read ? read.definition : undefined;
    const definition = workflow?.jobs.find((each) => each.key === job.key);
    if (!workflow || !definition) throw new Error(`There is no job ${job.key} in ${run.workflowPath} any more`);
    const scope = await openJob(world, assignment, workflow, definition, stop);
    try {
      return await runAll(scope);
    } finally {
      closeJob(scope);
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    job.annotations.push({ level: 'failure', title: undefined, message });
    return { conclusion: 'failure', forgiven: false };
  }
};
