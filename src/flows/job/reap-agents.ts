import type { RunnerPlace } from '../../ports/runner.ts';
import type { Store } from '../../ports/store.ts';
import type { FlowDeps } from '../deps.ts';
import type { Records } from '../records.ts';

/**
 * Ends agents that belong to no live job: after a crash, and now and then. Answers how many. A job's id is its agent's
 * name whatever the policy calls the runner, so that every live job is kept by every runner. Looked through are the
 * runners of all policies and of all live jobs, so that one whose runner was taken out of its policy is found, too.
 */
export async function reapAgents(
  deps: { store: Store; log: FlowDeps['log'] },
  records: Pick<Records, 'bases'>,
  runners: FlowDeps['runners'],
): Promise<number> {
  const live = () => deps.store.jobs.list({ unfinished: true });
  const bases = await records.bases.list('');
  const places: RunnerPlace[] = [
    ...bases.flatMap(({ id, value }) =>
      (value.repository?.policy.runners ?? []).map((spec) => ({ repository: id, spec })),
    ),
    ...(await live()).flatMap(({ repository, place }) => (place ? [{ repository, spec: place }] : [])),
  ];
  const ended = await Promise.all(
    Object.entries(runners).map(([type, runner]) =>
      runner
        .reap(
          live,
          places.filter(({ spec }) => spec.type === type),
        )
        .catch((error: unknown) => {
          deps.log.warn({ err: error, runner: type }, 'its agents cannot be looked through now');
          return 0;
        }),
    ),
  );
  return ended.reduce((sum, count) => sum + count, 0);
}
