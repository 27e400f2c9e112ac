import type { Approval } from '../../domain/approvals/approval.ts';
import { type OwnerGroup, ownedPaths, requiredOwners } from '../../domain/approvals/required-owners.ts';
import { approvalsMissing, standingApprovals } from '../../domain/approvals/standing-approvals.ts';
import type { PullObservation } from './observe.ts';

type Planned = Extract<PullObservation, { kind: 'planned' }>;

/** `missing`: what the gate says it waits for. */
export type Approvals = { valid: Approval[]; stale: Approval[]; missing: string[]; required: boolean };

/** `needed`: at least one, whatever the policy says. */
export function judgeApprovals(
  observed: Planned,
  now: { headSha: string; planDigest: string; evidenceDigest: string },
  needed: boolean,
): Approvals {
  const { record, policy, plan } = observed;
  const { valid, stale } = standingApprovals(record?.approvals ?? [], now);
  const required = plan.empty ? 0 : Math.max(policy.approvals.required, needed ? 1 : 0);
  const missing = approvalsMissing(
    valid,
    approvalGroups(observed),
    { ...policy, approvals: { ...policy.approvals, required } },
    new Map(Object.entries(record?.teams ?? {})),
  );
  return {
    valid,
    stale: stale.map((one) => one.approval),
    missing: missing.satisfied ? [] : missingText(missing),
    required: required > 0,
  };
}

/** Whose owners have to agree, by the policy of the base. */
export function approvalGroups(observed: Planned): OwnerGroup[] {
  return requiredOwners(observed.policy, ownedPaths(observed.plan, observed.policy));
}

function missingText(missing: { count: number; groups: OwnerGroup[] }): string[] {
  const whose = missing.groups.map(({ owners }) =>
    owners.length === 0
      ? 'somebody with write access'
      : `an owner (${owners.map((owner) => `\`${owner.replace(/^@/, '')}\``).join(', ')})`,
  );
  const who =
    whose.length > 0
      ? [...new Set(whose)].join(' and ')
      : missing.count === 1
        ? 'one more person'
        : `${missing.count} more people`;
  return [`Waiting for the approval of ${who}: \`/approve\`, or the button here.`];
}
