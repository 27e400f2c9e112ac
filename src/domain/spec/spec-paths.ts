import { pathMatcher } from './glob.ts';
import type { Policy } from './valid.ts';

/** Which of the paths are specs by the policy's globs; the policy itself is none. */
export function specPaths(policy: Policy, paths: readonly string[]): string[] {
  const matches = pathMatcher(policy.specs);
  return paths.filter((path) => path !== policy.path && matches(path));
}
