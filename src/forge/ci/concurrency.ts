import type { Repository } from '../state.ts';
import type { World } from '../world.ts';
import { interpolate, interpolateText } from './expressions.ts';
import { githubContext } from './github-context.ts';
import type { WorkflowRun } from './records.ts';

/** The `concurrency:` of a workflow for a run. */
export const concurrencyOf = (
  world: World,
  repository: Repository,
  run: WorkflowRun,
  declared: unknown,
): WorkflowRun['concurrency'] => {
  if (declared === undefined || declared === null) return undefined;
  const github = githubContext(world, repository, run);
  const contexts = { github, inputs: run.inputs, vars: repository.actions.variables };
  if (typeof declared !== 'object') return { group: interpolateText(declared, contexts), cancelInProgress: false };
  const { group, 'cancel-in-progress': cancel } = declared as Record<string, unknown>;
  const value = typeof cancel === 'string' ? interpolate(cancel, contexts) : cancel;
  return { group: interpolateText(group, contexts), cancelInProgress: value === true };
};

const inGroup = (repository: Repository, run: WorkflowRun): WorkflowRun[] =>
  repository.actions.workflowRuns.filter(
    (each) =>
      each !== run &&
      each.status !== 'completed' &&
      each.concurrency !== undefined &&
      each.concurrency.group.toLowerCase() === run.concurrency?.group.toLowerCase(),
  );

/** Runs that a new one of the group ends: whoever waits before it, and with `cancel-in-progress` what runs too. */
export const displacedBy = (repository: Repository, run: WorkflowRun): WorkflowRun[] =>
  inGroup(repository, run).filter(
    (each) => each.id < run.id && (each.status === 'pending' || run.concurrency?.cancelInProgress === true),
  );

export const mustWait = (repository: Repository, run: WorkflowRun): boolean =>
  inGroup(repository, run).some((each) => each.status !== 'pending' && each.id !== run.id);

/** The one that goes on when the group is free. */
export const nextInGroup = (repository: Repository, ended: WorkflowRun): WorkflowRun | undefined =>
  inGroup(repository, ended).find((each) => each.status === 'pending');
