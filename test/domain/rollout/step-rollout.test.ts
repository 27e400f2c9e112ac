import { describe, expect, it } from 'vitest';
import { type RolloutObservation, type RolloutState, startRollout } from '../../../src/domain/rollout/rollout.ts';
import { stepRollout } from '../../../src/domain/rollout/step-rollout.ts';

const MINUTE = 60_000;
const settings = { steps: [10, 50, 100], intervalMs: 30 * MINUTE };

/** A world that does at once what it is told and answers the requests that the test sets. */
function world(counts: Record<string, { requests?: number; errors?: number; ready?: boolean; message?: string }> = {}) {
  let serving: { version: string; percent: number }[] = [{ version: 'v1.0.0', percent: 100 }];
  return {
    serve(traffic: { version: string; percent: number }[]) {
      serving = traffic;
    },
    observe(): RolloutObservation {
      return {
        versions: serving.map((entry) => ({ ...entry, requests: 0, errors: 0, ready: true, ...counts[entry.version] })),
      };
    },
    serving: () => serving,
  };
}

/** Steps until the rollout is over; answers the splits that were applied with the minute they were. */
function play(state: RolloutState, place: ReturnType<typeof world>, alertAt?: number) {
  const applied: string[] = [];
  let now = state.since;
  for (let turn = 0; turn < 1000; turn++) {
    const observation = place.observe();
    const alert = alertAt !== undefined && now >= alertAt ? { alert: 'drift of distance' } : {};
    const step = stepRollout(state, { ...observation, ...alert }, now);
    state = step.state;
    if (step.action.kind === 'none') return { state, applied };
    if (step.action.kind === 'apply') {
      place.serve(step.action.traffic);
      applied.push(`${now / MINUTE}: ${step.action.traffic.map((t) => `${t.version} ${t.percent}`).join(', ')}`);
    } else {
      now = step.action.until;
    }
  }
  throw new Error('never over');
}

describe('stepRollout', () => {
  it('takes the steps one interval apart and promotes, with or without traffic', () => {
    const { state, applied } = play(startRollout('v1.1.0', 'v1.0.0', settings, 0), world());
    expect(applied).toEqual(['0: v1.0.0 90, v1.1.0 10', '30: v1.0.0 50, v1.1.0 50', '60: v1.1.0 100']);
    expect(state).toMatchObject({ status: 'promoted', reason: 'it passed 10 %, 50 %' });
  });

  it('gives a first version everything at once', () => {
    const { state, applied } = play(startRollout('v1.0.0', undefined, settings, 0), world({ 'v1.0.0': {} }));
    expect(state.status).toBe('promoted');
    expect(applied).toEqual([]);
  });

  it('rolls back a candidate that fails more than 5 % of at least 50 requests', () => {
    const place = world({ 'v1.1.0': { requests: 50, errors: 3 }, 'v1.0.0': { requests: 400, errors: 2 } });
    const { state, applied } = play(startRollout('v1.1.0', 'v1.0.0', settings, 0), place);
    expect(state.status).toBe('rolled-back');
    expect(state.reason).toBe('6.0 % of 50 requests failed, 0.5 % of 400 with v1.0.0');
    expect(applied).toEqual(['0: v1.0.0 90, v1.1.0 10', '0: v1.0.0 100']);
  });

  it.each([
    ['too few requests', { requests: 49, errors: 49 }, { requests: 400, errors: 0 }],
    ['exactly 5 %', { requests: 100, errors: 5 }, { requests: 400, errors: 0 }],
    ['the champion fails as much', { requests: 100, errors: 20 }, { requests: 100, errors: 10 }],
  ])('goes on when it is %s', (_why, candidate, champion) => {
    const place = world({ 'v1.1.0': candidate, 'v1.0.0': champion });
    expect(play(startRollout('v1.1.0', 'v1.0.0', settings, 0), place).state.status).toBe('promoted');
  });

  it('rolls back when the judge raises an alert', () => {
    const { state, applied } = play(startRollout('v1.1.0', 'v1.0.0', settings, 0), world(), 10 * MINUTE);
    expect(state).toMatchObject({ status: 'rolled-back', reason: 'a monitor raised an alert: drift of distance' });
    expect(applied.at(-1)).toBe('30: v1.0.0 100');
  });

  it('rolls back a candidate that does not become ready, and says why', () => {
    const place = world({ 'v1.1.0': { ready: false, message: 'input hour is missing' } });
    const { state } = play(startRollout('v1.1.0', 'v1.0.0', settings, 0), place);
    expect(state).toMatchObject({
      status: 'rolled-back',
      reason: 'it was not ready after 300 s: input hour is missing',
    });
    expect(place.serving()).toEqual([{ version: 'v1.0.0', percent: 100 }]);
  });

  it('rolls back at once what cannot be loaded', () => {
    const failed = {
      version: 'v1.1.0',
      percent: 0,
      ready: false,
      requests: 0,
      errors: 0,
      failed: true,
      message: 'opset 99',
    };
    const before = world().observe();
    const step = stepRollout(
      startRollout('v1.1.0', 'v1.0.0', settings, 0),
      { versions: [...before.versions, failed] },
      1,
    );
    expect(step).toMatchObject({ state: { status: 'rolled-back', reason: 'it could not be loaded: opset 99' } });
  });

  it('applies again what a crash kept from being applied', () => {
    const first = stepRollout(startRollout('v1.1.0', 'v1.0.0', settings, 0), world().observe(), 0);
    const again = stepRollout(first.state, world().observe(), 5);
    expect(again.action).toEqual(first.action);
  });

  it('restores a split that something else changed, also when it is over', () => {
    const place = world();
    const { state } = play(startRollout('v1.1.0', 'v1.0.0', settings, 0), place);
    place.serve([{ version: 'v1.0.0', percent: 100 }]);
    expect(stepRollout(state, place.observe(), 1e9).action).toEqual({
      kind: 'apply',
      traffic: [{ version: 'v1.1.0', percent: 100 }],
    });
  });
});
