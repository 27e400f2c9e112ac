import type { Job } from '../../domain/jobs/job.ts';
import { POLICY_PATH } from '../../domain/spec/parse-policy.ts';
import type { RunnerSpec } from '../../domain/spec/valid.ts';
import type { FlowDeps } from '../deps.ts';
import type { Records } from '../records.ts';
import type { JobDeps } from './reconcile-job.ts';

/** A machine of its own runs one job at a time; schedulers of others queue by themselves. */
const LOCAL_AT_ONCE = 1;
const REMOTE_AT_ONCE = 50;

/** What the life of a job needs, with its runner looked up in the policy that governs it. */
export function jobDeps(deps: FlowDeps, records: Records): JobDeps {
  return {
    store: deps.store,
    clock: deps.clock,
    log: deps.log,
    agentUrl: deps.publicUrl,
    ...(deps.upSince === undefined ? {} : { upSince: deps.upSince }),
    issueToken: deps.issueToken,
    runner: async (job) => {
      const type = await typeOfRunner(records, job);
      if (!type) return { missing: `${POLICY_PATH} has no runner ${job.runner} any more` };
      return deps.runners[type] ?? { missing: `Runner ${job.runner}: this version has no runner of type ${type}` };
    },
    maxConcurrent: async (job) => ((await typeOfRunner(records, job)) === 'local' ? LOCAL_AT_ONCE : REMOTE_AT_ONCE),
  };
}

/**
 * Checks of data run where the server runs, whatever a policy calls `local`. For all else it is what the policy of the
 * base says; that of the pull request only where the base has none yet.
 */
async function typeOfRunner(records: Records, job: Job): Promise<RunnerSpec['type'] | undefined> {
  if (job.task.kind === 'data') return 'local';
  const base = await records.bases.get(job.repository);
  const pull = job.pull === undefined ? undefined : await records.pulls.get(`${job.repository}#${job.pull}`);
  const policy = base?.repository?.policy ?? pull?.governing?.policy;
  // Neither is known before the first look at the pull request has ended.
  if (!policy) return 'local';
  return policy.runners.find(({ name }) => name === job.runner)?.type;
}
