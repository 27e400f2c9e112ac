import type { Waiver } from '../gates/waiver.ts';
import type { Policy } from '../spec/valid.ts';
import { isSameLogin } from './approval.ts';
import { isOwner, type OwnerGroup } from './required-owners.ts';

/** `teams`: those of the giver at that time, of the teams that own the model. */
export type GivenWaiver = Waiver & { at: number; teams: string[] };

/**
 * Which waivers count for a pull request by that author. One that was given in another pull request holds here too, as
 * long as what it is bound to is the same; but nobody waives for a change of their own in this way, and who has ceased
 * to own the model has no say any more.
 */
export function standingWaivers(
  waivers: readonly GivenWaiver[],
  known: { author: string; groups: readonly OwnerGroup[]; policy: Policy },
): GivenWaiver[] {
  const { author, groups, policy } = known;
  return waivers.filter(
    ({ by, teams }) =>
      (policy.approvals.allowAuthor || !isSameLogin(by, author)) && groups.every((group) => isOwner(by, teams, group)),
  );
}
