import { judgeApproval } from '../../domain/approvals/judge-approval.ts';
import { type OwnerGroup, teamsOf } from '../../domain/approvals/required-owners.ts';
import type { Policy } from '../../domain/spec/valid.ts';
import type { PullRecord } from '../records.ts';
import type { Asked, Scene } from './scene.ts';

/** So much may GitHub's clock and ours differ, and its times are whole seconds. */
const CLOCK_SKEW_MS = 30_000;

/** Whether what it is about came after it was written: it then means something else. */
export function isTooLate(asked: Asked, record: PullRecord): boolean {
  return asked.writtenAt + CLOCK_SKEW_MS < (record.evidenceSince ?? 0);
}

/** Whether this person may say yes to a change of what these groups own; with the teams that make it so. */
export async function mayJudge(
  { deps, ref, pull }: Scene,
  asked: Asked,
  policy: Policy,
  groups: readonly OwnerGroup[],
): Promise<{ ok: true; teams: string[] } | { ok: false; reason: string }> {
  const teams: string[] = [];
  for (const team of teamsOf(groups)) if (await deps.github.people.isTeamMember(ref, team, asked.by)) teams.push(team);
  const verdict = judgeApproval({ author: pull.author, approver: asked.by, role: asked.role, teams, groups, policy });
  return verdict.ok ? { ok: true, teams } : verdict;
}
