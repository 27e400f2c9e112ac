import type { Approval } from '../../domain/approvals/approval.ts';
import { type OwnerGroup, ownedPaths, requiredOwners } from '../../domain/approvals/required-owners.ts';
import { approvalsMissing, standingApprovals } from '../../domain/approvals/standing-approvals.ts';
import { code, escapeText } from '../../render/markdown.ts';
import type { JudgedModel } from './decide.ts';
import type { PullObservation } from './observe.ts';

type Planned = Extract<PullObservation, { kind: 'planned' }>;

/** `missing`: what the gate says it waits for, as Markdown. */
export type Approvals = { valid: Approval[]; stale: Approval[]; missing: string[]; required: boolean };

export function judgeApprovals(
  observed: Planned,
  now: { headSha: string; planDigest: string; evidenceDigest: string },
  models: JudgedModel[],
): Approvals {
  const { record, policy, plan } = observed;
  const { valid, stale } = standingApprovals(record?.approvals ?? [], now);
  const asking = models.filter(({ verdict }) => verdict === 'needs-approval');
  // A gate that leaves it to people asks for one of them whatever the policy says.
  const least = plan.policyChanged || asking.length > 0 ? 1 : 0;
  const required = plan.empty ? 0 : Math.max(policy.approvals.required, least);
  const groups =
    policy.approvals.required > 0 || plan.policyChanged
      ? approvalGroups(observed)
      : requiredOwners(
          policy,
          asking.map(({ stage }) => stage.model.path),
        );
  const missing = approvalsMissing(
    valid,
    groups,
    { ...policy, approvals: { ...policy.approvals, required } },
    new Map(Object.entries(record?.teams ?? {})),
  );
  return {
    valid,
    stale: stale.map((one) => one.approval),
    missing: missing.satisfied ? [] : [missingText(missing), ...asking.flatMap((model) => askedBy(model, policy))],
    required: required > 0,
  };
}

/** Whose owners have to agree, by the policy of the base. */
export function approvalGroups(observed: Planned): OwnerGroup[] {
  return requiredOwners(observed.policy, ownedPaths(observed.plan, observed.policy));
}

function missingText(missing: { count: number; groups: OwnerGroup[] }): string {
  const whose = missing.groups.map(({ owners }) => ownersText(owners));
  const who =
    whose.length > 0
      ? [...new Set(whose)].join(' and ')
      : missing.count === 1
        ? 'one more person'
        : `${missing.count} more people`;
  return `Waiting for the approval of ${who}: \`/approve\`, or the button here.`;
}

function ownersText(owners: string[]): string {
  if (owners.length === 0) return 'somebody with write access';
  return `an owner (${owners.map((owner) => code(owner.replace(/^@/, ''))).join(', ')})`;
}

/** Which gates leave it to whom, and how to let one of them through by itself. */
function askedBy({ stage: { model }, gates }: JudgedModel, policy: Planned['policy']): string[] {
  const who = requiredOwners(policy, [model.path]).map(({ owners }) => ownersText(owners));
  return gates.flatMap(({ gate, verdict }, index) =>
    verdict === 'needs-approval'
      ? [
          `Gate ${index + 1} of ${code(model.name)}, ${escapeText(gate)}, leaves it to ${who.join(' and ')}: \`/approve\`, or \`/waive ${model.name} ${index + 1} <reason>\` for this gate alone.`,
        ]
      : [],
  );
}
