import { findJob, findRun } from '../ci/find-run.ts';
import { readJobLog } from '../ci/job-log.ts';
import type { WorkflowJob } from '../ci/records.ts';
import { rerun } from '../ci/rerun.ts';
import { integer } from '../http/input.ts';
import { created, ok, type Reply, type RepositoryCall, type Route, reads, writes } from '../http/route.ts';
import { notFound } from '../http-error.ts';
import { workflowJobObject } from '../objects/workflow-job.ts';
import { doerOf } from './doer.ts';
import { sendOn } from './send-on.ts';

const jobOf = (call: RepositoryCall): WorkflowJob => findJob(call.repository, integer(call.params.id, 0));

const get = (call: RepositoryCall): Reply => {
  const job = jobOf(call);
  return ok(workflowJobObject(call.world.state, call.repository, findRun(call.repository, job.runId), job));
};

/** Only of a job that is done, as on GitHub. */
const logs = (call: RepositoryCall): Reply => {
  const job = jobOf(call);
  if (job.status !== 'completed') throw notFound();
  const read = async (): Promise<Buffer> => Buffer.from(await readJobLog(call.world, job.id));
  return sendOn(call, { contentType: 'text/plain; charset=utf-8', fileName: `${job.id}.txt`, read });
};

const again = async (call: RepositoryCall): Promise<Reply> => {
  const job = jobOf(call);
  const run = findRun(call.repository, job.runId);
  await rerun(call.world, call.repository, run, { actor: doerOf(call).login, what: job });
  return created({});
};

const one = '/repos/:owner/:repo/actions/jobs/:id';

export const workflowJobRoutes: Route[] = [
  { method: 'GET', pattern: one, access: reads('actions'), handle: get },
  { method: 'GET', pattern: `${one}/logs`, access: reads('actions'), handle: logs },
  { method: 'POST', pattern: `${one}/rerun`, access: writes('write', 'actions'), handle: again },
];
