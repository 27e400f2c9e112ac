import { type Contexts, holds, interpolate, interpolateRecord, interpolateText, type Progress } from './expressions.ts';
import { githubContext } from './github-context.ts';
import type { StepLog } from './job-log.ts';
import { contextsOf, type Frame, type JobScope, type StepResult } from './job-scope.ts';
import type { StepConclusion } from './records.ts';
import { runAction } from './run-action.ts';
import type { ProcessResult, StepRun } from './run-process.ts';
import { runScript } from './run-script.ts';
import type { StepDefinition } from './workflow-definition.ts';

/** As GitHub names a step that has no name. */
export const stepTitle = (definition: StepDefinition): string =>
  definition.name ?? `Run ${definition.uses ?? (definition.run ?? '').trim().split('\n')[0] ?? ''}`;

const truth = (value: unknown, contexts: Contexts): boolean =>
  value !== undefined && (typeof value === 'string' ? interpolate(value, contexts) : value) === true;

/** Minutes of a `timeout-minutes` in milliseconds. */
export const timeoutOf = (value: unknown, contexts: Contexts): number | undefined => {
  const minutes = Number(typeof value === 'string' ? interpolate(value, contexts) : value);
  return value === undefined || Number.isNaN(minutes) ? undefined : minutes * 60_000;
};

const perform = async (
  scope: JobScope,
  step: StepRun,
  definition: StepDefinition,
  contexts: Contexts,
): Promise<ProcessResult> => {
  if (definition.uses !== undefined) {
    const action = {
      uses: definition.uses,
      with: definition.with,
      name: interpolateText(stepTitle(definition), contexts),
    };
    return runAction(scope, step, action, runComposedSteps);
  }
  const { defaults } = scope.definition;
  const shell = definition.shell ?? defaults.shell;
  const workingDirectory = definition.workingDirectory ?? defaults.workingDirectory;
  return runScript(scope, step, {
    text: interpolateText(definition.run, contexts),
    shell: shell === undefined ? undefined : interpolateText(shell, contexts),
    workingDirectory: workingDirectory === undefined ? undefined : interpolateText(workingDirectory, contexts),
  });
};

const fail = (scope: JobScope, log: StepLog, error: unknown): ProcessResult => {
  const message = error instanceof Error ? error.message : String(error);
  scope.job.annotations.push({ level: 'failure', title: undefined, message });
  log.write(`##[error]${message}`);
  return { ok: false, outputs: {}, state: {} };
};

/** Runs a step if its `if:` lets it, and keeps what came of it in the frame. `progress` is how the steps before went. */
export const runStep = async (
  scope: JobScope,
  frame: Frame,
  definition: StepDefinition,
  log: StepLog,
  progress: Progress,
): Promise<StepResult> => {
  const github = githubContext(scope.world, scope.repository, scope.run);
  const keep = (outcome: StepConclusion, conclusion: StepConclusion, outputs: Record<string, string>): StepResult => {
    const result = { outputs, outcome, conclusion };
    if (definition.id) frame.steps[definition.id] = result;
    return result;
  };
  let result: ProcessResult;
  const stoppedBefore = scope.stop.reason();
  let contexts = contextsOf(scope, frame, github);
  try {
    if (!holds(definition.if, contexts, progress)) return keep('skipped', 'skipped', {});
    const env = interpolateRecord(definition.env, contexts);
    contexts = contextsOf(scope, { ...frame, env: { ...frame.env, ...env } }, github);
    const timeout = timeoutOf(definition.timeoutMinutes, contexts);
    result = await perform(scope, { frame, log, env, timeout, stoppedBefore }, definition, contexts);
  } catch (error) {
    result = fail(scope, log, error);
  }
  if (result.ok) return keep('success', 'success', result.outputs);
  if (scope.stop.reason() && progress !== 'cancelled') return keep('cancelled', 'cancelled', result.outputs);
  const forgiven = truth(definition.continueOnError, contexts);
  return keep('failure', forgiven ? 'success' : 'failure', result.outputs);
};

/** Steps of a composite action share the log and the place of the step that uses it. */
const runComposedSteps = async (
  scope: JobScope,
  frame: Frame,
  steps: StepDefinition[],
  outer: StepRun,
): Promise<boolean> => {
  let progress: Progress = 'success';
  for (const definition of steps) {
    const { conclusion } = await runStep(scope, frame, definition, outer.log, progress);
    if (scope.stop.reason()) progress = 'cancelled';
    else if (conclusion === 'failure') progress = 'failure';
  }
  return progress === 'success';
};
