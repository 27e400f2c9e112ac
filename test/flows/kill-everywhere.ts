import { expect } from 'vitest';
import type { FlowWorld } from './world.ts';

/** What was there before, what then happens, and what has to be the same however often it was interrupted. */
export type Scene = { world: FlowWorld; go: () => Promise<void>; state: () => Promise<unknown> };

const EFFECT =
  /\.(put|remove|create|update|appendEvents|request|publish|upsert|react|createBranch|commit|open|push|createTag|publishRelease|ensure|setStatus|apply)$/;

/**
 * Plays a scene once undisturbed and then once for each effect that it had, with the process killed right after it: a
 * death before an effect is one after the effect before it, and reading leaves no trace.
 */
export async function killEverywhere(begin: () => Promise<Scene>): Promise<{ state: unknown; kills: number }> {
  const undisturbed = await play(begin, 0);
  let kills = 0;
  for (const [index, name] of undisturbed.calls.entries()) {
    if (!EFFECT.test(name)) continue;
    const { state, crashes } = await play(begin, index + 1);
    kills += crashes;
    expect(state, `killed after call ${index + 1}, ${name}`).toEqual(undisturbed.state);
  }
  return { state: undisturbed.state, kills };
}

async function play(begin: () => Promise<Scene>, call: number) {
  const { world, go, state } = await begin();
  const before = world.faults.calls.length;
  if (call > 0) world.faults.dieAt(call);
  await go();
  world.faults.dieAt(0);
  return { state: await state(), calls: world.faults.calls.slice(before), crashes: world.crashes() };
}
