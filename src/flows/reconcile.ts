import { reconcileBranch } from './branch/reconcile-branch.ts';
import type { Again, FlowDeps } from './deps.ts';
import { jobDeps } from './job/job-deps.ts';
import { reconcileJob } from './job/reconcile-job.ts';
import { parseKey } from './keys.ts';
import { reconcileIssue } from './monitor/reconcile-issue.ts';
import { reconcileMonitor } from './monitor/reconcile-monitor.ts';
import { reconcilePull } from './pull-request/reconcile-pull.ts';
import type { Records } from './records.ts';
import { reconcileRollout } from './rollout/reconcile-rollout.ts';

/** The one way in: a key says what to look at, never what to do. */
export async function reconcile(deps: FlowDeps, records: Records, text: string): Promise<Again> {
  const key = parseKey(text);
  switch (key.kind) {
    case 'pull':
      return reconcilePull(deps, records, key.repository, key.number);
    case 'issue':
      return reconcileIssue(deps, records, key.repository, key.number);
    case 'branch':
      return reconcileBranch(deps, records, key.repository, key.branch);
    case 'job':
      return reconcileJob(jobDeps(deps, records), key.id);
    case 'rollout':
      return reconcileRollout(deps, records, key.repository, key.name);
    case 'monitor':
      return reconcileMonitor(deps, records, key.repository, key.name);
  }
}
