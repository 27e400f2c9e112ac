import type { Policy } from '../spec/valid.ts';
import { type Approval, type ApprovedState, isSameLogin } from './approval.ts';
import { isOwner, type OwnerGroup } from './required-owners.ts';

/** Which approvals still count, and why others do not. Of several by one person the newest counts. */
export function standingApprovals(
  approvals: readonly Approval[],
  now: ApprovedState,
): { valid: Approval[]; stale: { approval: Approval; reason: string }[] } {
  const valid: Approval[] = [];
  const stale: { approval: Approval; reason: string }[] = [];
  for (const approval of newestByPerson(approvals)) {
    const reason = staleness(approval, now);
    if (reason === undefined) valid.push(approval);
    else stale.push({ approval, reason });
  }
  return { valid, stale };
}

export type MissingApprovals = {
  satisfied: boolean;
  /** How many more people must approve. */
  count: number;
  /** Groups of which nobody has approved. */
  groups: OwnerGroup[];
};

/**
 * What is still missing. Every group needs one of its owners, and the policy's number of people counts over all of
 * them. `teams`: by login, the teams of each approver; `approvals`: the valid ones only.
 */
export function approvalsMissing(
  approvals: readonly Approval[],
  groups: readonly OwnerGroup[],
  policy: Policy,
  teams: ReadonlyMap<string, readonly string[]> = new Map(),
): MissingApprovals {
  const { required } = policy.approvals;
  if (required === 0) return { satisfied: true, count: 0, groups: [] };
  const owns = (approval: Approval, group: OwnerGroup) => isOwner(approval.by, teams.get(approval.by) ?? [], group);
  const counting = approvals.filter((approval) => groups.length === 0 || groups.some((group) => owns(approval, group)));
  const uncovered = groups.filter((group) => !approvals.some((approval) => owns(approval, group)));
  const count = Math.max(0, required - counting.length, uncovered.length > 0 ? 1 : 0);
  return { satisfied: count === 0, count, groups: uncovered };
}

function newestByPerson(approvals: readonly Approval[]): Approval[] {
  const ordered = [...approvals].sort((a, b) => a.at - b.at);
  return ordered.filter(
    (approval, index) => !ordered.slice(index + 1).some((later) => isSameLogin(later.by, approval.by)),
  );
}

function staleness(approval: Approval, now: ApprovedState): string | undefined {
  if (approval.headSha !== now.headSha) return 'there are newer commits';
  if (approval.planDigest !== now.planDigest) return 'the plan has changed';
  if (approval.evidenceDigest !== now.evidenceDigest) return 'the results have changed';
  return undefined;
}
