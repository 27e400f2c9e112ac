import type { Store } from '../../ports/store.ts';
import type { FlowDeps } from '../deps.ts';

/**
 * Ends agents that belong to no live job: after a crash, and now and then. Answers how many. A job's id is its agent's
 * name whatever the policy calls the runner, so that every live job is kept by every runner.
 */
export async function reapAgents(store: Store, runners: FlowDeps['runners']): Promise<number> {
  const live = await store.jobs.list({ unfinished: true });
  const ended = await Promise.all(Object.values(runners).map((runner) => runner.reap(live)));
  return ended.reduce((sum, count) => sum + count, 0);
}
