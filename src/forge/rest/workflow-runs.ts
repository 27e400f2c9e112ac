import { findRun, jobsOf } from '../ci/find-run.ts';
import type { WorkflowJob, WorkflowRun } from '../ci/records.ts';
import { rerun } from '../ci/rerun.ts';
import { runArchive } from '../ci/run-archive.ts';
import { cancelRun } from '../ci/schedule.ts';
import { selectRuns } from '../ci/select-runs.ts';
import { findWorkflow } from '../ci/workflows.ts';
import { integer } from '../http/input.ts';
import { listReply } from '../http/paginate.ts';
import { created, noContent, ok, type Reply, type RepositoryCall, type Route, reads, writes } from '../http/route.ts';
import { HttpError, notFound } from '../http-error.ts';
import { workflowJobObject } from '../objects/workflow-job.ts';
import { workflowRunObject } from '../objects/workflow-run.ts';
import { doerOf } from './doer.ts';
import { sendOn } from './send-on.ts';

const runOf = (call: RepositoryCall): WorkflowRun => findRun(call.repository, integer(call.params.id, 0));

const show = (call: RepositoryCall, run: WorkflowRun) =>
  workflowRunObject(call.world, call.repository, run, call.query.get('exclude_pull_requests') !== 'true');

const listRuns = (call: RepositoryCall, runs: WorkflowRun[]): Promise<Reply> => {
  const selected = selectRuns(runs, call.query);
  return listReply(
    call,
    selected,
    (run) => show(call, run),
    (shown) => ({ total_count: selected.length, workflow_runs: shown }),
  );
};

const ofWorkflow = async (call: RepositoryCall): Promise<Reply> => {
  const workflow = await findWorkflow(call.world, call.repository, call.params.id ?? '');
  if (!workflow) throw notFound();
  return listRuns(
    call,
    call.repository.actions.workflowRuns.filter((run) => run.workflowId === workflow.id),
  );
};

const listJobs = (call: RepositoryCall, run: WorkflowRun, jobs: WorkflowJob[]): Promise<Reply> =>
  listReply(
    call,
    jobs,
    (job) => workflowJobObject(call.world.state, call.repository, run, job),
    (shown) => ({ total_count: jobs.length, jobs: shown }),
  );

const jobs = (call: RepositoryCall): Promise<Reply> => {
  const run = runOf(call);
  const all = call.repository.actions.workflowJobs.filter((job) => job.runId === run.id);
  return listJobs(call, run, call.query.get('filter') === 'all' ? all : jobsOf(call.repository, run));
};

const attemptOf = (call: RepositoryCall, run: WorkflowRun): WorkflowRun => {
  const wanted = integer(call.params.attempt, 0);
  if (wanted === run.attempt) return run;
  const past = run.history.find((each) => each.attempt === wanted);
  if (!past) throw notFound();
  return { ...run, ...past };
};

const cancel =
  (force: boolean) =>
  async (call: RepositoryCall): Promise<Reply> => {
    const run = runOf(call);
    if (run.status === 'completed') throw new HttpError(409, 'Cannot cancel a workflow run that is completed.');
    await cancelRun(call.world, call.repository, run, force);
    return { status: 202, body: {} };
  };

const again =
  (what: 'all' | 'failed') =>
  async (call: RepositoryCall): Promise<Reply> => {
    await rerun(call.world, call.repository, runOf(call), { actor: doerOf(call).login, what });
    return created({});
  };

const remove = (call: RepositoryCall): Reply => {
  const run = runOf(call);
  if (run.status !== 'completed') throw new HttpError(403, 'Could not delete the workflow run');
  const { actions } = call.repository;
  actions.workflowRuns = actions.workflowRuns.filter((each) => each !== run);
  actions.workflowJobs = actions.workflowJobs.filter((job) => job.runId !== run.id);
  return noContent();
};

const logs = (call: RepositoryCall): Reply => {
  const run = runOf(call);
  const own = jobsOf(call.repository, run, integer(call.params.attempt, run.attempt));
  if (own.every((job) => job.status !== 'completed')) throw notFound();
  const read = (): Promise<Buffer> => runArchive(call.world, own);
  return sendOn(call, { contentType: 'application/zip', fileName: `logs_${run.id}.zip`, read });
};

const many = '/repos/:owner/:repo/actions/runs';
const one = `${many}/:id`;
const read = reads('actions');
const write = writes('write', 'actions');

export const workflowRunRoutes: Route[] = [
  {
    method: 'GET',
    pattern: many,
    access: read,
    handle: (call) => listRuns(call, call.repository.actions.workflowRuns),
  },
  { method: 'GET', pattern: '/repos/:owner/:repo/actions/workflows/:id/runs', access: read, handle: ofWorkflow },
  { method: 'GET', pattern: one, access: read, handle: async (call) => ok(await show(call, runOf(call))) },
  { method: 'DELETE', pattern: one, access: write, handle: remove },
  { method: 'POST', pattern: `${one}/cancel`, access: write, handle: cancel(false) },
  { method: 'POST', pattern: `${one}/force-cancel`, access: write, handle: cancel(true) },
  { method: 'POST', pattern: `${one}/rerun`, access: write, handle: again('all') },
  { method: 'POST', pattern: `${one}/rerun-failed-jobs`, access: write, handle: again('failed') },
  { method: 'GET', pattern: `${one}/jobs`, access: read, handle: jobs },
  { method: 'GET', pattern: `${one}/logs`, access: read, handle: logs },
  {
    method: 'GET',
    pattern: `${one}/attempts/:attempt`,
    access: read,
    handle: async (call) => ok(await show(call, attemptOf(call, runOf(call)))),
  },
  {
    method: 'GET',
    pattern: `${one}/attempts/:attempt/jobs`,
    access: read,
    handle: (call) => {
      const run = runOf(call);
      return listJobs(call, run, jobsOf(call.repository, run, attemptOf(call, run).attempt));
    },
  },
  { method: 'GET', pattern: `${one}/attempts/:attempt/logs`, access: read, handle: logs },
];
