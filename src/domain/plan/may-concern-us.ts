import { pathMatcher } from '../spec/glob.ts';
import { parseLocation } from '../spec/location.ts';
import type { Policy, Repository } from '../spec/valid.ts';

/**
 * Whether a pull request that changes these paths can need a plan at all, told without reading a spec. `watched`: what
 * the newest known state of the base depends on (`watchedGlobs`); undefined when none is known yet, and then any change
 * may concern us.
 */
export function mayConcernUs(
  changedPaths: readonly string[] | 'too-many',
  policy: Policy,
  watched: readonly string[] | undefined,
): boolean {
  if (changedPaths === 'too-many' || watched === undefined) return true;
  const matches = pathMatcher([...policy.specs, ...watched]);
  return changedPaths.some((path) => path === policy.path || matches(path));
}

/**
 * Globs of the files besides specs whose change can change a plan: code of trainings and custom metrics, and data in the
 * repository.
 */
export function watchedGlobs({ models, datasets }: Repository): string[] {
  const code = models.flatMap(({ train, evaluate }) => [...train.code, ...evaluate.custom.flatMap((one) => one.code)]);
  const data = datasets.flatMap(({ source }) => {
    const location = parseLocation(source.uri);
    if ('trouble' in location || location.kind !== 'repository') return [];
    return location.path.endsWith('/') ? [`${location.path}**`] : [location.path, `${location.path}/**`];
  });
  return [...new Set([...code, ...data])].sort();
}
