import path from 'node:path';
import { findRepository } from '../find.ts';
import type { Repository } from '../state.ts';
import { nextId, type World } from '../world.ts';
import { offerRunners } from './schedule.ts';
import { runScheduled } from './trigger-workflows.ts';

const repositoryNamed = (world: World, fullName: string): Repository => {
  const [owner = '', name = ''] = fullName.split('/');
  const repository = findRepository(world.state, owner, name);
  if (!repository) throw new Error(`there is no repository ${fullName}`);
  return repository;
};

export type RunnerOptions = {
  name: string;
  labels: string[];
  /** `owner/name`; absent: it serves every repository. */
  repository?: string;
  /** Where it works; absent: below the forge's data folder. */
  folder?: string;
  /** Added to the environment of every step; `PATH`, `HOME` and the locale are those of this process. */
  env?: Record<string, string>;
};

/** Runners and the switches of Actions. */
export const actionsAdmin = (world: World) => ({
  /** Brings a runner online; it does one job at a time, whose labels it has to have all. */
  registerRunner: (options: RunnerOptions): { id: number; name: string } => {
    const { name, labels, repository, env } = options;
    if (world.ci.runners.some((runner) => runner.name === name)) throw new Error(`there is a runner ${name} already`);
    const repositoryId = repository === undefined ? undefined : repositoryNamed(world, repository).id;
    const folder = path.resolve(options.folder ?? path.join(world.dataDir, 'runners', name));
    const id = nextId(world);
    world.ci.runners.push({ id, name, labels, repositoryId, folder, env: env ?? {} });
    offerRunners(world);
    return { id, name };
  },
  /** Takes a runner away in the midst of its work: its processes are killed, and its job fails. */
  unregisterRunner: async (name: string): Promise<void> => {
    world.ci.runners = world.ci.runners.filter((runner) => runner.name !== name);
    const lost = [...world.ci.running.values()].filter((running) => running.runner.name === name);
    for (const running of lost) running.stop('lost');
    await Promise.all(lost.map((running) => running.done));
  },
  /** `uses: owner/repo/path@ref` runs what is in `folder/path`, whatever the ref. */
  provideAction: (action: { name: string; folder: string }): void => {
    world.ci.providedActions.set(action.name.toLowerCase(), path.resolve(action.folder));
  },
  /** Does what a workflow's `on: schedule` would do at its time; gives the run's id. */
  runSchedule: (repository: string, file: string): Promise<number> =>
    runScheduled(world, repositoryNamed(world, repository), file),
  setSecret: (repository: string, name: string, value: string): void => {
    repositoryNamed(world, repository).actions.secrets[name.toUpperCase()] = value;
  },
  setVariable: (repository: string, name: string, value: string): void => {
    repositoryNamed(world, repository).actions.variables[name.toUpperCase()] = value;
  },
  /** False: dispatches answer 204 always, as on servers that do not know `return_run_details`. */
  setReturnRunDetails: (on: boolean): void => {
    world.ci.settings.returnRunDetails = on;
  },
  /** Seconds that an identity token is good for; 300 unless told otherwise. */
  setOidcLifetime: (seconds: number): void => {
    world.ci.settings.identityLifetime = seconds;
  },
  /** Milliseconds from SIGINT to SIGTERM, and from that to SIGKILL, for what is cancelled; GitHub's are 7500 and 2500. */
  setCancelGrace: (grace: { interrupt: number; terminate: number }): void => {
    world.ci.settings.cancelGrace = grace;
  },
  /** Resolves when no job is under way; those that wait for a runner do not count. */
  runsIdle: async (): Promise<void> => {
    while (world.ci.running.size > 0) await Promise.all([...world.ci.running.values()].map((running) => running.done));
  },
});
