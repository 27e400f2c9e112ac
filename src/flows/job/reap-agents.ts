import type { Runner } from '../../ports/runner.ts';
import type { Store } from '../../ports/store.ts';

/** Ends agents that belong to no live job: after a crash, and now and then. Answers how many. */
export async function reapAgents(store: Store, runner: { name: string; runner: Runner }): Promise<number> {
  const live = await store.jobs.list({ unfinished: true });
  return runner.runner.reap(live.filter((job) => job.runner === runner.name));
}
