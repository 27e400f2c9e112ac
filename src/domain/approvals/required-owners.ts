import type { Plan } from '../plan/plan.ts';
import { pathMatcher } from '../spec/glob.ts';
import type { Policy } from '../spec/valid.ts';
import { isSameLogin } from './approval.ts';

/** One of the owners must approve these paths; without owners, anyone who may write. */
export type OwnerGroup = { owners: string[]; paths: string[] };

/**
 * Who must approve a change of these paths, by the *base* policy: the last pattern that matches a path decides. The
 * policy's own file belongs to the default owners, whatever the patterns say.
 */
export function requiredOwners(policy: Policy, paths: readonly string[]): OwnerGroup[] {
  const rules = policy.owners.map(({ pattern, owners }) => ({ owners, matches: pathMatcher([pattern]) }));
  const groups = new Map<string, OwnerGroup>();
  for (const path of [...new Set(paths)].sort()) {
    const rule = path === policy.path ? rules[0] : rules.findLast(({ matches }) => matches(path));
    const owners = rule?.owners ?? [];
    const key = [...owners].sort().join(' ');
    const group = groups.get(key);
    if (group) group.paths.push(path);
    else groups.set(key, { owners, paths: [path] });
  }
  return [...groups.values()];
}

/** The paths whose owners a plan needs. `affected` things are changed by something else, which has owners of its own. */
export function ownedPaths(plan: Plan, policy: Policy): string[] {
  const things = [...plan.deployments, ...plan.monitors].filter(({ change }) => change !== 'affected');
  const paths = [...plan.datasets, ...plan.models, ...things, ...plan.removed].map(({ path }) => path);
  return plan.policyChanged ? [policy.path, ...paths] : paths;
}

/** Teams (`org/slug`) whose members have to be known before approvals can be judged. */
export function teamsOf(groups: readonly OwnerGroup[]): string[] {
  const owners = groups.flatMap((group) => group.owners).filter((owner) => owner.includes('/'));
  return [...new Set(owners.map((owner) => owner.replace(/^@/, '')))].sort();
}

/** `teams`: those of `teamsOf` in which the person is. */
export function isOwner(login: string, teams: readonly string[], group: OwnerGroup): boolean {
  if (group.owners.length === 0) return true;
  return group.owners.some((owner) => isSameLogin(owner, login) || teams.some((team) => isSameLogin(owner, team)));
}
