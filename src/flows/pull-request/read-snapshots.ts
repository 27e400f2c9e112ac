/** What a pull request's commits declare, in a number of calls that does not grow with the number of files. */
import { POLICY_PATH, parsePolicy } from '../../domain/spec/parse-policy.ts';
import { specPaths } from '../../domain/spec/spec-paths.ts';
import type { Policy, Repository, SpecProblem } from '../../domain/spec/valid.ts';
import { validateRepository } from '../../domain/spec/validate-repository.ts';
import type { PullRequest, RepositoryRef, TreeEntry } from '../../ports/github.ts';
import type { FlowDeps } from '../deps.ts';

export type Snapshot = { tree: TreeEntry[]; repository?: Repository; problems: SpecProblem[] };

/**
 * The merge base (what the pull request changes), the head (what it proposes) and the tip of the base branch (whose
 * gates govern): two trees and one call for all files, however many there are.
 */
export async function readSnapshots(
  deps: FlowDeps,
  repository: RepositoryRef,
  pull: PullRequest,
  basePolicy: Policy | undefined,
): Promise<{ base: Snapshot & { sha: string }; head: Snapshot; governing?: Repository }> {
  const parted = deps.github.pulls.mergeBase(repository, pull.base.sha, pull.head.sha);
  const [from, baseTree, headTree] = await Promise.all([
    parted,
    parted.then((sha) => deps.github.files.tree(repository, sha)),
    deps.github.files.tree(repository, pull.head.sha),
  ]);
  const texts = await readAllSpecs(deps, repository, pull, { from, baseTree, headTree, basePolicy });
  const head = snapshotOf(texts(pull.head.sha), headTree, basePolicy);
  const base = { sha: from, ...snapshotOf(texts(from), baseTree, undefined) };
  return { base, head, governing: snapshotOf(texts(tipOf(pull)), baseTree, undefined).repository };
}

/** GitHub's `base.sha` is the tip as of the last push to the pull request, so the tip is read by its name. */
function tipOf(pull: PullRequest): string {
  return `refs/heads/${pull.base.branch}`;
}

async function readAllSpecs(
  deps: FlowDeps,
  repository: RepositoryRef,
  pull: PullRequest,
  known: { from: string; baseTree: TreeEntry[]; headTree: TreeEntry[]; basePolicy: Policy | undefined },
): Promise<(sha: string) => Map<string, string>> {
  const yaml = (tree: TreeEntry[]) =>
    tree.map((entry) => entry.path).filter((path) => path === POLICY_PATH || /\.ya?ml$/.test(path));
  const wanted = (paths: string[]) => (known.basePolicy ? [POLICY_PATH, ...specPaths(known.basePolicy, paths)] : paths);
  const basePaths = wanted(yaml(known.baseTree));
  const headPaths = wanted(yaml(known.headTree));
  const requests = [
    ...headPaths.map((path) => ({ sha: pull.head.sha, path })),
    ...basePaths.map((path) => ({ sha: known.from, path })),
    ...basePaths.map((path) => ({ sha: tipOf(pull), path })),
  ];
  const answer = await deps.github.files.read(repository, requests);
  return (sha) =>
    new Map(
      requests
        .filter((request) => request.sha === sha)
        .flatMap((request) => {
          const text = answer.get(`${sha}:${request.path}`);
          return text === undefined ? [] : [[request.path, text] as const];
        }),
    );
}

/** The head is judged under the policy of the base: what it may name, where its data may lie. */
function snapshotOf(texts: Map<string, string>, tree: TreeEntry[], governing: Policy | undefined): Snapshot {
  const policyText = texts.get(POLICY_PATH);
  const own = policyText === undefined ? { problems: [] } : parsePolicy({ path: POLICY_PATH, text: policyText });
  const policy = governing ?? own.policy;
  if (!policy) return { tree, problems: own.problems };
  const files = new Map([...texts].filter(([path]) => specPaths(policy, [path]).length > 0));
  const valid = validateRepository({ policy, files });
  const problems = [...own.problems, ...valid.problems];
  if (!valid.repository || own.problems.some((problem) => problem.level === 'error')) return { tree, problems };
  return { tree, problems, repository: { ...valid.repository, policy: own.policy ?? policy } };
}
