import { actionsHandle, attemptOfTitle } from '../../../domain/jobs/actions-run.ts';
import type { Job } from '../../../domain/jobs/job.ts';
import type { WorkflowRun } from '../../../ports/workflow-runs.ts';
import { type ActionsClient, asAppError, refusalOf } from './actions-client.ts';
import { endRun } from './end-run.ts';
import { listRuns, PAGE } from './workflow-runs.ts';

/** Somebody who runs a run again wants something: its agent gets that long to ask for the job. */
const RERUN_GRACE_MS = 15 * 60_000;
const UNFINISHED = ['in_progress', 'queued', 'waiting', 'pending'];

/** `actor`: who dispatched them. */
type WorkflowOf = { repository: string; workflow: string; actor: string | undefined };

/** Ends runs of ours of one workflow that are of no live job. Answers how many. */
export async function reapRuns(
  client: ActionsClient,
  place: WorkflowOf,
  live: () => Promise<Job[]>,
  now: number,
): Promise<number> {
  const runs = await unfinished(client, place);
  const wanted = await live();
  const doomed = runs.filter((run) => isOrphan(run, wanted, now));
  await Promise.all(doomed.map(({ id }) => endRun(client, place.repository, id)));
  return doomed.length;
}

function isOrphan(run: WorkflowRun, live: Job[], now: number): boolean {
  const attempt = attemptOfTitle(run.title);
  if (!attempt) return false;
  const job = live.find(({ id }) => id === attempt.id);
  const handle = job && actionsHandle(job);
  // somebody ran it again: the job's attempt has moved on, the run's title has not
  const isRevived = handle !== undefined && handle.runAttempt > 1;
  if (handle?.runId === run.id && (isRevived || job?.attempt === attempt.attempt)) return false;
  // dispatched, and we have not written down yet which run it is
  if (job && !handle && job.attempt === attempt.attempt) return false;
  const isRerun = run.attempt > 1;
  return !isRerun || (run.status === 'in_progress' && now - run.startedAt > RERUN_GRACE_MS);
}

/** One call, unless the newest page is full: then older ones that still run are asked for. */
async function unfinished(client: ActionsClient, { repository, workflow, actor }: WorkflowOf): Promise<WorkflowRun[]> {
  const by = actor === undefined ? {} : { actor };
  try {
    const newest = await listRuns(client, repository, workflow, by);
    const older =
      newest.length < PAGE ? [] : UNFINISHED.map((status) => listRuns(client, repository, workflow, { ...by, status }));
    const runs = [newest, ...(await Promise.all(older))].flat().filter(({ status }) => status !== 'completed');
    return [...new Map(runs.map((run) => [run.id, run])).values()];
  } catch (error) {
    if (refusalOf(error)?.status === 404) return [];
    throw asAppError(error, `listing the runs of ${workflow} of ${repository}`);
  }
}
