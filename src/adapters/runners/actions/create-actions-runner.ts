import { AppError } from '../../../domain/errors.ts';
import { type ActionsHandle, actionsHandle } from '../../../domain/jobs/actions-run.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { PlacedJob, Runner } from '../../../ports/runner.ts';
import type { ClientFor } from './actions-client.ts';
import { actionsPlace } from './actions-place.ts';
import { dispatchRun, findDispatched } from './dispatch-run.ts';
import { endRun } from './end-run.ts';
import { reapRuns } from './reap-runs.ts';
import { runLogs } from './run-logs.ts';
import { waitingText } from './waiting-text.ts';
import { whyEnded } from './why-ended.ts';
import { findRun } from './workflow-runs.ts';

export type ActionsRunnerOptions = {
  octokitFor: ClientFor;
  /** Whose workflow file is run. */
  defaultBranch(repository: string): Promise<string>;
  /**
   * Login of the app's account. Only what it dispatched is reaped: another server may use the same workflow. Absent: all
   * that is named as ours.
   */
  appLogin?(): Promise<string>;
  clock: Clock;
  log: { warn(fields: Record<string, unknown>, message: string): void };
};

/**
 * Agents in runs of a workflow of the repository itself. The run gets no token of ours: its agent shows who it is with
 * the identity token that GitHub makes for the run.
 */
export function createActionsRunner(options: ActionsRunnerOptions): Runner {
  const { octokitFor, clock, log } = options;

  /** One that was dispatched but not written down is found by its title. */
  async function runIdOf(job: PlacedJob): Promise<number | undefined> {
    const handle = actionsHandle(job);
    if (handle) return handle.runId;
    return (await findDispatched(await octokitFor(job.repository), job, actionsPlace(job.place)))?.id;
  }

  return {
    async submit(job, access) {
      const known = actionsHandle(job);
      if (known) return { handle: known };
      const place = actionsPlace(job.place);
      const client = await octokitFor(job.repository);
      const run =
        (await findDispatched(client, job, place)) ??
        (await dispatchRun(client, job, place, {
          serverUrl: access.serverUrl,
          branch: await options.defaultBranch(job.repository),
        }));
      const handle: ActionsHandle = { runId: run.id, url: run.url, workflow: place.workflow, runAttempt: 1 };
      return { handle };
    },
    async status(job) {
      const client = await octokitFor(job.repository);
      const id = await runIdOf(job);
      const run = id === undefined ? undefined : await findRun(client, job.repository, id);
      if (!run) return { state: 'gone', reason: 'GitHub has no run of it', fault: 'infrastructure' };
      if (run.status === 'completed') return whyEnded(client, run, job);
      if (run.status === 'in_progress') {
        // what its steps set up may take a while; GitHub ends a run whose agent never comes to us
        return job.agent
          ? { state: 'running' }
          : { state: 'pending', waitingFor: 'its run on GitHub is getting ready' };
      }
      const since = Math.max(run.startedAt, job.handedAt ?? 0);
      const place = actionsPlace(job.place);
      return { state: 'pending', waitingFor: waitingText(place, run.status, clock.now() - since) };
    },
    async cancel(job) {
      try {
        const id = await runIdOf(job);
        if (id !== undefined) await endRun(await octokitFor(job.repository), job.repository, id);
      } catch (error) {
        if (!isOutOfReach(error)) throw error;
        log.warn({ err: error, job: job.id }, 'its run cannot be cancelled: nobody but GitHub ends it');
      }
    },
    async logs(job) {
      const id = await runIdOf(job);
      return id === undefined ? [] : runLogs(await octokitFor(job.repository), job.repository, id);
    },
    async reap(live, places) {
      const workflows = new Map(
        places.map(({ repository, spec }) => {
          const { workflow } = actionsPlace(spec);
          return [`${repository}/${workflow}`, { repository, workflow }];
        }),
      );
      const reaped = [...workflows.values()].map(async (place) => {
        try {
          const actor = await options.appLogin?.();
          return await reapRuns(await octokitFor(place.repository), { ...place, actor }, live, clock.now());
        } catch (error) {
          log.warn({ err: error, ...place }, 'its runs cannot be looked through now');
          return 0;
        }
      });
      return (await Promise.all(reaped)).reduce((sum, count) => sum + count, 0);
    },
  };
}

/** The app was removed, or lost the permission, or the workflow is gone: trying again would keep the job from its end. */
function isOutOfReach(error: unknown): boolean {
  return (
    error instanceof AppError &&
    (error.family === 'permission' || error.family === 'config' || error.code === 'conflict/not-found')
  );
}
