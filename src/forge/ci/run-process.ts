import type { StepLog } from './job-log.ts';
import type { Frame, JobScope } from './job-scope.ts';
import type { StopReason } from './runtime.ts';
import { spawnStep } from './spawn-step.ts';
import { openStepFiles, type StepWritings } from './step-files.ts';
import { createCommandReader } from './workflow-commands.ts';

export type StepRun = {
  frame: Frame;
  log: StepLog;
  /** Of the step itself, evaluated. */
  env: Record<string, string>;
  /** Milliseconds. */
  timeout: number | undefined;
  /** What the job had been told when the step was let through; anything later stops its processes. */
  stoppedBefore: StopReason | undefined;
};

export type ProcessResult = StepWritings & { ok: boolean };

const pathOf = (scope: JobScope): string => [...scope.path, scope.base.PATH ?? ''].filter(Boolean).join(':');

/** Runs one program of a step with GitHub's environment; what it wrote and printed takes effect on the job. */
export const runProcess = async (
  scope: JobScope,
  step: StepRun,
  program: { command: string; args: string[]; cwd: string; env?: Record<string, string> },
): Promise<ProcessResult> => {
  const files = await openStepFiles(scope);
  const { log } = step;
  const env: Record<string, string> = {
    ...scope.base,
    ...scope.env,
    ...step.frame.env,
    ...step.env,
    ...program.env,
    ...files.env,
    ...(step.frame.actionPath === undefined ? {} : { GITHUB_ACTION_PATH: step.frame.actionPath }),
    ...(program.env?.GITHUB_ACTION_PATH === undefined ? {} : { GITHUB_ACTION_PATH: program.env.GITHUB_ACTION_PATH }),
  };
  env.PATH = [...scope.path, step.env.PATH ?? scope.env.PATH ?? pathOf({ ...scope, path: [] })].join(':');
  const read = createCommandReader({
    write: log.write,
    mask: (value) => void scope.masks.add(value),
    annotate: (annotation) => void scope.job.annotations.push(annotation),
  });
  const exit = await spawnStep({
    command: program.command,
    args: program.args,
    cwd: program.cwd,
    env,
    onLine: read,
    stop: scope.stop,
    grace: scope.world.ci.settings.cancelGrace,
    timeout: step.timeout,
    stoppedBefore: step.stoppedBefore,
  });
  const writings = await files.collect();
  if (exit.stopped === 'timeout' && scope.stop.reason() === undefined) {
    const minutes = (step.timeout ?? 0) / 60_000;
    throw new Error(`The action has timed out after ${minutes} minutes.`);
  }
  if (exit.stopped) log.write('##[error]The operation was canceled.');
  else if (exit.code !== 0) log.write(`##[error]Process completed with exit code ${exit.code ?? 'unknown'}.`);
  return { ...writings, ok: exit.code === 0 && !exit.stopped };
};
