import path from 'node:path';
import { type ActionMetadata, readActionMetadata } from './action-metadata.ts';
import { builtInActions } from './built-in-actions.ts';
import { type Contexts, interpolateRecord, interpolateText } from './expressions.ts';
import { githubContext } from './github-context.ts';
import { contextsOf, type Frame, type JobScope } from './job-scope.ts';
import { type ResolvedAction, resolveAction } from './resolve-action.ts';
import { type ProcessResult, runProcess, type StepRun } from './run-process.ts';
import type { StepDefinition } from './workflow-definition.ts';

/** Runs the steps of a composite action; given by the caller, since those steps may use actions again. */
export type RunSteps = (scope: JobScope, frame: Frame, steps: StepDefinition[], run: StepRun) => Promise<boolean>;

const inputsOf = (
  scope: JobScope,
  action: ActionMetadata,
  given: Record<string, string>,
  contexts: Contexts,
  log: StepRun['log'],
): Record<string, string> => {
  const known = new Map(Object.keys(action.inputs).map((name) => [name.toLowerCase(), name]));
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const declared = known.get(name.toLowerCase());
    if (!declared) {
      const message = `Unexpected input(s) '${name}', valid inputs are [${Object.keys(action.inputs)
        .map((each) => `'${each}'`)
        .join(', ')}]`;
      scope.job.annotations.push({ level: 'warning', title: undefined, message });
      log.write(`##[warning]${message}`);
    }
    values[declared ?? name] = value;
  }
  for (const [name, input] of Object.entries(action.inputs)) {
    if (values[name] === undefined && input.default !== undefined) {
      values[name] = interpolateText(input.default, contexts);
    }
  }
  return values;
};

const inputVariables = (inputs: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value]),
  );

/** `owner/repo` and ref of a remote action, as `GITHUB_ACTION_REPOSITORY` and `GITHUB_ACTION_REF`. */
const originOf = (uses: string): Record<string, string> => {
  const match = /^([\w.-]+\/[\w.-]+)[^@]*@(.+)$/.exec(uses);
  return match && !uses.startsWith('./')
    ? { GITHUB_ACTION_REPOSITORY: match[1] ?? '', GITHUB_ACTION_REF: match[2] ?? '' }
    : {};
};

const runJavascript = async (
  scope: JobScope,
  step: StepRun,
  uses: string,
  folder: string,
  action: ActionMetadata,
  inputs: Record<string, string>,
  name: string,
): Promise<ProcessResult> => {
  const { runs } = action;
  if (runs.kind !== 'javascript') throw new Error(`${uses} is not a JavaScript action`);
  const env = { ...inputVariables(inputs), ...originOf(uses), GITHUB_ACTION_PATH: folder };
  const start = (run: StepRun, file: string, extra: Record<string, string> = {}): Promise<ProcessResult> =>
    runProcess(scope, run, {
      command: process.execPath,
      args: [path.resolve(folder, file)],
      cwd: scope.folders.workspace,
      env: { ...env, ...extra },
    });
  const state: Record<string, string> = {};
  const stateVariables = (): Record<string, string> =>
    Object.fromEntries(Object.entries(state).map(([key, value]) => [`STATE_${key}`, value]));
  const { post } = runs;
  if (post !== undefined) {
    scope.posts.push({
      name: `Post ${name}`,
      if: runs.postIf,
      run: async (log) =>
        (await start({ ...step, log, timeout: undefined, stoppedBefore: scope.stop.reason() }, post, stateVariables()))
          .ok,
    });
  }
  if (runs.pre !== undefined) {
    const before = await start(step, runs.pre);
    Object.assign(state, before.state);
    if (!before.ok) return before;
  }
  const result = await start(step, runs.main, stateVariables());
  Object.assign(state, result.state);
  return result;
};

const runComposite = async (
  scope: JobScope,
  step: StepRun,
  folder: string,
  action: ActionMetadata,
  inputs: Record<string, string>,
  runSteps: RunSteps,
): Promise<ProcessResult> => {
  const { runs } = action;
  if (runs.kind !== 'composite') throw new Error(`${folder} is not a composite action`);
  const frame: Frame = { inputs, steps: {}, env: { ...step.frame.env, ...step.env }, actionPath: folder };
  const ok = await runSteps(scope, frame, runs.steps, step);
  const contexts = contextsOf(scope, frame, githubContext(scope.world, scope.repository, scope.run));
  const outputs = Object.fromEntries(
    Object.entries(action.outputs).map(([name, { value }]) => [name, interpolateText(value, contexts)]),
  );
  return { ok, outputs, state: {} };
};

/** Runs a `uses:` step. */
export const runAction = async (
  scope: JobScope,
  step: StepRun,
  definition: { uses: string; with: Record<string, unknown>; name: string },
  runSteps: RunSteps,
): Promise<ProcessResult> => {
  const { uses } = definition;
  const github = githubContext(scope.world, scope.repository, scope.run);
  const contexts = contextsOf(scope, { ...step.frame, env: { ...step.frame.env, ...step.env } }, github);
  const given = interpolateRecord(definition.with, contexts);
  step.log.write(`##[group]Run ${uses}`);
  for (const [name, value] of Object.entries(given)) step.log.write(`  ${name}: ${value}`);
  step.log.write('##[endgroup]');
  const found: ResolvedAction = await resolveAction(scope, uses);
  if (found.kind === 'built-in') return builtInActions[found.name]!(scope, step, given);
  const action = await readActionMetadata(found.folder);
  const inputs = inputsOf(scope, action, given, contexts, step.log);
  return action.runs.kind === 'composite'
    ? runComposite(scope, step, found.folder, action, inputs, runSteps)
    : runJavascript(scope, step, uses, found.folder, action, inputs, definition.name);
};
