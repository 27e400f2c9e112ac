import type { Job } from '../../domain/jobs/job.ts';
import type { FlowDeps } from '../deps.ts';
import type { Records } from '../records.ts';
import type { JobDeps } from './reconcile-job.ts';

/** A machine of its own runs one job at a time; schedulers of others queue by themselves. */
const LOCAL_AT_ONCE = 1;
const REMOTE_AT_ONCE = 50;

/** What the life of a job needs, with its runner looked up in the policy of the base branch. */
export function jobDeps(deps: FlowDeps, records: Records): JobDeps {
  return {
    store: deps.store,
    clock: deps.clock,
    log: deps.log,
    agentUrl: deps.publicUrl,
    ...(deps.upSince === undefined ? {} : { upSince: deps.upSince }),
    issueToken: deps.issueToken,
    runner: async (job: Job) => {
      const policy = (await records.bases.get(job.repository))?.repository?.policy;
      const spec = policy?.runners.find((one) => one.name === job.runner);
      // Data checks and repositories without a base policy run where the server runs.
      return deps.runners[spec?.type ?? 'local'];
    },
    maxConcurrent: (job) => (job.runner === 'local' ? LOCAL_AT_ONCE : REMOTE_AT_ONCE),
  };
}
