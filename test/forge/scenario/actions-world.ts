import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { WorkflowJob, WorkflowRun } from '../../../src/forge/ci/records.ts';
import { type ContractWatch, watchContract } from '../openapi/watch-contract.ts';
import { type ForgeWorld, startForgeWorld } from './forge-world.ts';
import { waitFor } from './wait-for.ts';

export type ActionsWorld = ForgeWorld & {
  watch: ContractWatch;
  /** Commits a workflow to the default branch. */
  workflow: (file: string, text: string) => Promise<string>;
  /** Dispatches through the app and gives the run's id. */
  dispatch: (file: string, inputs?: Record<string, string>, ref?: string) => Promise<number>;
  run: (id: number) => WorkflowRun;
  jobs: (id: number) => WorkflowJob[];
  /** Polls until the run is as wanted. */
  until: (id: number, is: (run: WorkflowRun) => boolean) => Promise<WorkflowRun>;
  completed: (id: number) => Promise<WorkflowRun>;
  /** Text of a job's log, as the API gives it. */
  log: (jobId: number) => Promise<string>;
};

/** A forge with one runner that has the labels `self-hosted` and `gpu`, its traffic judged by GitHub's contract. */
export const startActionsWorld = async (): Promise<ActionsWorld> => {
  const world = await startForgeWorld();
  const watch = watchContract();
  world.forge.onResponse(watch.onExchange);
  world.forge.onDelivery(watch.onDelivery);
  world.forge.registerRunner({ name: 'machine', labels: ['self-hosted', 'linux', 'gpu'] });
  world.forge.setCancelGrace({ interrupt: 150, terminate: 150 });
  const { owner, repo } = world;
  const { actions } = world.forge.state.repositories[0]!;
  const run = (id: number): WorkflowRun => actions.workflowRuns.find((each) => each.id === id)!;
  const until = (id: number, is: (run: WorkflowRun) => boolean) => waitFor(() => is(run(id)) && run(id));
  return {
    ...world,
    watch,
    workflow: (file, text) =>
      world.forge.importFiles('acme/models', 'main', { [`.github/workflows/${file}`]: text }, `Add ${file}`, 'owner'),
    dispatch: async (file, inputs, ref = 'main') => {
      const { data } = await world.installation.request(
        'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches',
        { owner, repo, workflow_id: file, ref, return_run_details: true, ...(inputs ? { inputs } : {}) },
      );
      return (data as unknown as { workflow_run_id: number }).workflow_run_id;
    },
    run,
    jobs: (id) => actions.workflowJobs.filter((job) => job.runId === id),
    until,
    completed: (id) => until(id, (each) => each.status === 'completed'),
    log: async (jobId) => {
      const { data } = await world.installation.rest.actions.downloadJobLogsForWorkflowRun({
        owner,
        repo,
        job_id: jobId,
      });
      return String(data);
    },
  };
};

/** A folder with files, removed by `remove`. */
export const folderWith = async (
  files: Record<string, string>,
): Promise<{ folder: string; remove: () => Promise<void> }> => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
};

/** Processes of a group that still do something; what is dead and not yet collected does not count. */
export const liveInGroup = async (group: number): Promise<number[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  return stats.flatMap((stat) => {
    const [state, , pgrp] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(pgrp) === group && state !== 'Z' ? [Number.parseInt(stat, 10)] : [];
  });
};
