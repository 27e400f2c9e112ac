import { AppError } from '../domain/errors.ts';
import { POLICY_PATH, parsePolicy } from '../domain/spec/parse-policy.ts';
import { specPaths } from '../domain/spec/spec-paths.ts';
import type { Policy, Repository, SpecProblem } from '../domain/spec/valid.ts';
import { validateRepository } from '../domain/spec/validate-repository.ts';
import type { FileTree } from './work-tree.ts';

export type ReadRepository = {
  /** Only when no problem is an error. */
  repository?: Repository;
  /** The tree's own policy, if it is sound. */
  policy?: Policy;
  /** How many spec files were looked at. */
  files: number;
  problems: SpecProblem[];
};

/**
 * What a tree declares. `governing`: the policy of the base branch, under which the specs are judged; the tree's own
 * where there is none. Throws config/invalid-input for a tree without a policy.
 */
export async function readRepository(tree: FileTree, governing?: Policy): Promise<ReadRepository> {
  const text = (await tree.read([POLICY_PATH])).get(POLICY_PATH);
  if (text === undefined && !governing) throw new AppError('config/invalid-input', `there is no ${POLICY_PATH} here`);
  const own = text === undefined ? { problems: [] } : parsePolicy({ path: POLICY_PATH, text });
  const policy = governing ?? own.policy;
  const kept = { ...(own.policy ? { policy: own.policy } : {}) };
  if (!policy) return { ...kept, files: 1, problems: own.problems };
  const paths = specPaths(
    policy,
    tree.entries.map((entry) => entry.path),
  );
  const validated = validateRepository({ policy, files: await tree.read(paths) });
  const problems = [...own.problems, ...validated.problems];
  const sound = validated.repository && !problems.some(({ level }) => level === 'error');
  return { ...kept, ...(sound ? { repository: validated.repository! } : {}), files: paths.length + 1, problems };
}
