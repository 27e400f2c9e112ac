import { expect } from 'vitest';
import { killEverywhere } from './kill-everywhere.ts';
import { days, live, told } from './monitored.ts';
import type { FlowWorld } from './world.ts';

/** A part of a monitor's life, and what has to be there after it. */
export type Case = {
  is: string;
  begin: () => Promise<FlowWorld>;
  go: (world: FlowWorld) => Promise<void>;
  told: string[];
  issues: unknown[];
};

/** A process that dies between any two steps of it leaves nothing double and nothing undone. */
export async function killAnywhere({ begin, go, told: comments, issues }: Case): Promise<void> {
  const { state, kills } = await killEverywhere(async () => {
    const world = await begin();
    return { world, go: () => go(world), state: () => stateOf(world) };
  });
  expect(state).toMatchObject({
    told: comments,
    issues: issues.map((one) => expect.objectContaining({ ...(one as object) })),
  });
  expect(kills).toBeGreaterThan(5);
}

export const begun = async (...kinds: ('good' | 'bad')[]): Promise<FlowWorld> => {
  const world = await live();
  await days(world, ...kinds);
  return world;
};

async function stateOf(world: FlowWorld) {
  const { github } = world;
  return {
    issues: github.issueList.map(({ number, state, body }) => [number, state, body]),
    // Two monitors look in any order.
    told: told(world).sort((a, b) => Number(/\d+/.exec(a)) - Number(/\d+/.exec(b))),
    comments: github.commentList.map(({ number, body }) => [number, body]).sort(([a], [b]) => Number(a) - Number(b)),
    pulls: github.pullRequests.map(({ number, head }) => [number, head.branch]),
    branches: [...github.commits.branches.keys()],
    checks: github.checkRuns.map(({ name, sha }) => `${name} ${sha}`).sort(),
  };
}
