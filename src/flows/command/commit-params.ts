import { AppError } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import { setParams, sweptNames } from '../../domain/spec/set-in-spec.ts';
import type { PullRequest, RepositoryRef } from '../../ports/github.ts';
import type { FlowDeps } from '../deps.ts';

/**
 * Writes parameters into the model's spec on the pull request's branch: what is trained is then what Git says, and
 * what can be merged. No commit when the spec says so already; none either where a sweep sets what was asked for.
 */
export async function commitParams(
  deps: FlowDeps,
  ref: RepositoryRef,
  pull: PullRequest,
  path: string,
  params: Record<string, Json>,
  message: string,
): Promise<{ sha: string | undefined } | { swept: string[] }> {
  const { sha, branch } = pull.head;
  const before = (await deps.github.files.read(ref, [{ sha, path }])).get(`${sha}:${path}`);
  if (before === undefined) throw new AppError('conflict/stale', `${path} is not on ${branch} any more`);
  const swept = sweptNames(before, Object.keys(params));
  if (swept.length > 0) return { swept };
  const after = setParams(before, params);
  if (after === before) return { sha: undefined };
  const done = await deps.github.files.commit(ref, {
    branch,
    expectedHead: sha,
    message,
    files: [{ path, text: after }],
  });
  if (done === 'moved') throw new AppError('conflict/stale', `${branch} was pushed to meanwhile`);
  return { sha: done.sha };
}
