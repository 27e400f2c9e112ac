import type { Job } from '../../domain/jobs/job.ts';
import { POLICY_PATH } from '../../domain/spec/parse-policy.ts';
import type { RunnerSpec } from '../../domain/spec/valid.ts';
import type { FlowDeps } from '../deps.ts';
import type { Records } from '../records.ts';
import type { JobDeps } from './reconcile-job.ts';
import { THIS_MACHINE } from './this-machine.ts';

/** What the life of a job needs, with its runner looked up in the policy that governs it. */
export function jobDeps(deps: FlowDeps, records: Records): JobDeps {
  return {
    store: deps.store,
    clock: deps.clock,
    log: deps.log,
    agentUrl: deps.publicUrl,
    ...(deps.upSince === undefined ? {} : { upSince: deps.upSince }),
    issueToken: deps.issueToken,
    runners: deps.runners,
    limits: deps.jobLimits,
    place: async (job) => {
      const spec = await placeOf(records, job);
      return spec ?? { missing: `${POLICY_PATH} has no runner ${job.runner} any more` };
    },
  };
}

/**
 * The runner as the policy of the base has it now; where the base has none yet, as the policy that governed the request
 * had it.
 */
async function placeOf(records: Records, job: Job): Promise<RunnerSpec | undefined> {
  if (job.task.kind === 'data') return THIS_MACHINE;
  const policy = (await records.bases.get(job.repository))?.repository?.policy;
  return policy ? policy.runners.find(({ name }) => name === job.runner) : job.place;
}
