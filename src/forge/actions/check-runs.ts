import { HttpError, invalid, notFound } from '../http-error.ts';
import { checkRunPayload } from '../objects/check.ts';
import type { CheckRun, CheckSuite, Repository } from '../state.ts';
import { emit } from '../webhooks/emit.ts';
import type { World } from '../world.ts';

export const findCheckRun = (repository: Repository, id: number): CheckRun => {
  const run = repository.checkRuns.find((each) => each.id === id);
  if (!run) throw notFound();
  return run;
};

export const findCheckSuite = (repository: Repository, id: number): CheckSuite => {
  const suite = repository.checkSuites.find((each) => each.id === id);
  if (!suite) throw notFound();
  return suite;
};

export const emitCheckRun = (
  world: World,
  repository: Repository,
  run: CheckRun,
  action: 'created' | 'completed' | 'rerequested' | 'requested_action',
  sender: string,
  extra: Record<string, unknown> = {},
): void => {
  const body = { check_run: checkRunPayload(world, repository, run), ...extra };
  emit(world, { event: 'check_run', action, repository, sender, body });
};

/** What GitHub does when somebody clicks a check's action button: nothing but tell the app. */
export const requestAction = (
  world: World,
  repository: Repository,
  run: CheckRun,
  identifier: string,
  sender: string,
): void => {
  if (!run.actions.some((action) => action.identifier === identifier)) {
    throw invalid('CheckRun', 'identifier', 'invalid', `the check has no action ${identifier}`);
  }
  if (run.status !== 'completed') throw new HttpError(422, 'Actions can be requested of completed checks only');
  emitCheckRun(world, repository, run, 'requested_action', sender, { requested_action: { identifier } });
};

/** A re-run is up to the app: GitHub only says that somebody asked. */
export const rerequestRun = (world: World, repository: Repository, run: CheckRun, sender: string): void => {
  if (run.status !== 'completed') throw new HttpError(422, 'This check run is not rerequestable');
  emitCheckRun(world, repository, run, 'rerequested', sender);
};
