import type { Policy } from '../spec/valid.ts';
import { isSameLogin } from './approval.ts';
import { isOwner, type OwnerGroup } from './required-owners.ts';
import { hasRole, type Role } from './role.ts';

/** Whether this person may approve this pull request. `policy` and `groups` come from the base branch. */
export function judgeApproval(question: {
  author: string;
  approver: string;
  role: Role;
  /** Teams of the approver, of those that own something here. */
  teams: readonly string[];
  groups: readonly OwnerGroup[];
  policy: Policy;
}): { ok: true } | { ok: false; reason: string } {
  const { author, approver, role, teams, groups, policy } = question;
  if (/\[bot\]$/i.test(approver)) return { ok: false, reason: 'an app cannot approve' };
  if (!hasRole(role, 'write')) return { ok: false, reason: 'approving needs write access to this repository' };
  if (isSameLogin(author, approver) && !policy.approvals.allowAuthor) {
    return { ok: false, reason: 'the author of a pull request cannot approve it' };
  }
  if (groups.length > 0 && !groups.some((group) => isOwner(approver, teams, group))) {
    const owners = [...new Set(groups.flatMap((group) => group.owners))].sort();
    return {
      ok: false,
      reason: `only an owner can approve: ${owners.map((owner) => owner.replace(/^@/, '')).join(', ')}`,
    };
  }
  return { ok: true };
}
