import { watchedGlobs } from '../../domain/plan/may-concern-us.ts';
import { POLICY_PATH, parsePolicy } from '../../domain/spec/parse-policy.ts';
import { specPaths } from '../../domain/spec/spec-paths.ts';
import { validateRepository } from '../../domain/spec/validate-repository.ts';
import type { RepositoryRef } from '../../ports/github.ts';
import type { Again, FlowDeps } from '../deps.ts';
import { formatKey } from '../keys.ts';
import type { BaseRecord, Records } from '../records.ts';
import { repositoryRef } from '../repository-ref.ts';

/** Reads what the default branch declares and wakes everything that hangs on it. */
export async function reconcileBranch(
  deps: FlowDeps,
  records: Records,
  repository: string,
  branch: string,
): Promise<Again> {
  const ref = await repositoryRef(records, repository);
  const known = await records.repositories.get(repository);
  if (!ref || known?.defaultBranch !== branch) return undefined;
  const sha = await deps.github.files.branchHead(ref, branch);
  if (sha === undefined) return undefined;
  const before = await records.bases.get(repository);
  if (before?.sha !== sha) {
    const next = await readBase(deps, ref, sha);
    // A broken base keeps what it last declared in force: production does not stop because of a typo.
    await records.bases.update(repository, (current) => ({
      ...next,
      // Without a policy nothing is declared: taking it away is how one leaves.
      repository: next.problems > 0 ? current?.repository : next.repository,
    }));
  }
  await wakeDeclared(deps, records, repository);
  return undefined;
}

async function readBase(deps: FlowDeps, ref: RepositoryRef, sha: string): Promise<BaseRecord> {
  const tree = await deps.github.files.tree(ref, sha);
  const paths = tree.map((entry) => entry.path);
  if (!paths.includes(POLICY_PATH)) return { sha, problems: 0 };
  const policyText = (await deps.github.files.read(ref, [{ sha, path: POLICY_PATH }])).get(`${sha}:${POLICY_PATH}`);
  const parsed = parsePolicy({ path: POLICY_PATH, text: policyText ?? '' });
  if (!parsed.policy) return { sha, problems: parsed.problems.length };
  const wanted = specPaths(parsed.policy, paths);
  const answer = await deps.github.files.read(
    ref,
    wanted.map((path) => ({ sha, path })),
  );
  const files = new Map(
    wanted.flatMap((path) => (answer.has(`${sha}:${path}`) ? [[path, answer.get(`${sha}:${path}`)!]] : [])),
  );
  const { repository, problems } = validateRepository({ policy: parsed.policy, files });
  if (!repository) return { sha, problems: problems.length };
  return { sha, repository, problems: 0, watched: watchedGlobs(repository) };
}

async function wakeDeclared(deps: FlowDeps, records: Records, repository: string): Promise<void> {
  const declared = (await records.bases.get(repository))?.repository;
  for (const deployment of declared?.deployments ?? []) {
    await deps.store.queue.request(formatKey({ kind: 'rollout', repository, name: deployment.name }));
  }
  // Also those that were declared once: their issues have to end.
  const known = (await records.monitors.list(`${repository}/`)).map(({ id }) => id.slice(repository.length + 1));
  for (const name of new Set([...(declared?.monitors.map((one) => one.name) ?? []), ...known])) {
    await deps.store.queue.request(formatKey({ kind: 'monitor', repository, name }));
  }
  for (const pull of await records.pulls.list(`${repository}#`)) {
    // Gates and champions come from the base: what waits on an open pull request may be decided otherwise now.
    if (!pull.value.promoted && !pull.value.closed) await deps.store.queue.request(`pull:${pull.id}`);
  }
}
