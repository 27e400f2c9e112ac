import type { FlowDeps } from './deps.ts';
import { reapAgents } from './job/reap-agents.ts';
import { formatKey } from './keys.ts';
import type { Records } from './records.ts';
import { repositoryRef } from './repository-ref.ts';

/** Everything worth another look after a start or a quiet while: what a lost webhook would have told us. */
export async function resyncKeys(deps: FlowDeps, records: Records): Promise<string[]> {
  const keys = new Set<string>();
  const ended = await reapAgents(deps, records, deps.runners);
  if (ended > 0) deps.log.warn({ ended }, 'agents without a job were ended');
  for (const job of await deps.store.jobs.list({ unfinished: true })) keys.add(formatKey({ kind: 'job', id: job.id }));
  for (const { id: repository, value } of await records.repositories.list('')) {
    if (value.removed) continue;
    keys.add(formatKey({ kind: 'branch', repository, branch: value.defaultBranch }));
    const ref = await repositoryRef(records, repository);
    if (!ref) continue;
    for (const pull of await deps.github.pulls.listOpen(ref))
      keys.add(formatKey({ kind: 'pull', repository, number: pull.number }));
    // Closed while we were away: the promotion may still be owed.
    for (const { id, value: record } of await records.pulls.list(`${repository}#`))
      if (!record.closed) keys.add(`pull:${id}`);
  }
  return [...keys];
}
