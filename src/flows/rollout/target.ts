import type { RolloutRecord, RolloutTarget } from '../records.ts';

export const EMPTY_ROLLOUT: RolloutRecord = { previous: [], seen: [], applied: [] };

/** The reason of a target that a person went back to. */
export const ROLLBACK = 'rollback';

/** Another target; what the one before had announced is to be called off. */
export function retarget(record: RolloutRecord, target: RolloutTarget): RolloutRecord {
  const announced = record.target?.githubId;
  const givenUp = [...(record.givenUp ?? []), ...(announced === undefined ? [] : [announced])];
  return { ...record, target, state: undefined, givenUp };
}

/** Both are the same request: whoever works on one of them may write down what came of it. */
export function isSameTarget(a: RolloutTarget | undefined, b: RolloutTarget): boolean {
  return a?.version === b.version && a.since === b.since && a.reason === b.reason;
}

/** Versions to go back to after `target` became current; going back leaves what it went back from behind. */
export function previousAfter(record: RolloutRecord, target: RolloutTarget): string[] {
  const { current, previous } = record;
  if (target.reason === ROLLBACK) {
    const at = previous.lastIndexOf(target.version);
    return at < 0 ? previous : previous.slice(0, at);
  }
  return current === undefined || current === target.version ? previous : [...previous, current];
}
