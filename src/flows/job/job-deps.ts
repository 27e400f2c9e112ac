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
    place: (job) => placeOf(records, job),
  };
}

/**
 * The runner as the policy of the base has it now; where the base has none yet, as the policy that governed the request
 * had it.
 */
async function placeOf(records: Records, job: Job): Promise<RunnerSpec | { missing: string }> {
  const { task, runner } = job;
  if (task.kind === 'data') return THIS_MACHINE;
  const declared = (await records.bases.get(job.repository))?.repository;
  // It waited for its turn, and nobody waits for it any more.
  if (task.kind === 'profile' && declared && !declared.monitors.some(({ name }) => name === task.monitor.name)) {
    return { missing: `there is no monitor ${task.monitor.name} any more` };
  }
  const place = declared ? declared.policy.runners.find(({ name }) => name === runner) : job.place;
  return place ?? { missing: `${POLICY_PATH} has no runner ${runner} any more` };
}
