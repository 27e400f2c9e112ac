import { requiredOwners } from '../domain/approvals/required-owners.ts';
import { type GivenWaiver, standingWaivers } from '../domain/approvals/standing-waivers.ts';
import type { Policy } from '../domain/spec/valid.ts';
import type { Records } from './records.ts';

export function waiverId(repository: string, model: string, bound: string): string {
  return `${repository}/${model}/${bound.replace('sha256:', '')}`;
}

/** Waivers for the model that count in a pull request by that author, whatever they are bound to. */
export async function waiversOf(
  records: Records,
  repository: string,
  model: { name: string; path: string },
  known: { author: string; policy: Policy },
): Promise<GivenWaiver[]> {
  const given = await records.waivers.list(`${repository}/${model.name}/`);
  if (given.length === 0) return [];
  const groups = requiredOwners(known.policy, [model.path]);
  return standingWaivers(
    given.map(({ value }) => value),
    { ...known, groups },
  );
}
