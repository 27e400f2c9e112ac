import type { RolloutAction, RolloutObservation, RolloutState } from './rollout.ts';

/** How long to wait before asking again whether the candidate became ready. */
const READY_POLL_MS = 1000;

type Step = { state: RolloutState; action: RolloutAction };
type Observed = RolloutObservation['versions'][number];

/**
 * One look at a rollout. An `apply` is answered as long as the world differs from what the state wants, and does not
 * end anything by itself: call again with what was observed afterwards.
 */
export function stepRollout(state: RolloutState, observed: RolloutObservation, now: number): Step {
  if (state.status === 'promoted' || state.status === 'rolled-back') {
    return { state, action: splitIs(state, observed) ? { kind: 'none' } : { kind: 'apply', traffic: traffic(state) } };
  }
  const candidate = find(observed, state.candidate);
  const refusal = reasonToRollBack(state, observed, candidate, now);
  if (refusal !== undefined) {
    const ended: RolloutState = { ...state, status: 'rolled-back', since: now, reason: refusal };
    return { state: ended, action: { kind: 'apply', traffic: traffic(ended) } };
  }
  if (!splitIs(state, observed)) {
    return { state: { ...state, status: 'preparing' }, action: { kind: 'apply', traffic: traffic(state) } };
  }
  if (!candidate?.ready) return { state, action: { kind: 'wait', until: now + READY_POLL_MS } };
  if (percentOf(state) === 100) {
    return {
      state: { ...state, status: 'promoted', since: now, reason: promotedBecause(state) },
      action: { kind: 'none' },
    };
  }
  if (state.status === 'preparing') {
    const stepping: RolloutState = { ...state, status: 'stepping', since: now };
    return { state: stepping, action: { kind: 'wait', until: now + state.settings.intervalMs } };
  }
  const until = state.since + state.settings.intervalMs;
  if (now < until) return { state, action: { kind: 'wait', until } };
  const next: RolloutState = { ...state, status: 'preparing', step: state.step + 1, since: now };
  return { state: next, action: { kind: 'apply', traffic: traffic(next) } };
}

/** The split that the state asks for; after a rollback all of it is the champion's (none when there was none). */
export function traffic(state: RolloutState): { version: string; percent: number }[] {
  if (state.status === 'rolled-back')
    return state.champion === undefined ? [] : [{ version: state.champion, percent: 100 }];
  const percent = percentOf(state);
  const champion =
    state.champion === undefined || percent === 100 ? [] : [{ version: state.champion, percent: 100 - percent }];
  return [...champion, { version: state.candidate, percent }];
}

function percentOf(state: RolloutState): number {
  return state.settings.steps[state.step] ?? 100;
}

function reasonToRollBack(
  state: RolloutState,
  observed: RolloutObservation,
  candidate: Observed | undefined,
  now: number,
): string | undefined {
  if (observed.alert !== undefined) return `a monitor raised an alert: ${observed.alert}`;
  const champion = state.champion === undefined ? undefined : find(observed, state.champion);
  const { minRequests, maxErrorShare, errorRatio } = state.settings;
  // At 100 % nothing answers beside it that it could be compared with.
  if (candidate && champion && candidate.requests >= minRequests) {
    const share = candidate.errors / candidate.requests;
    const usual = champion.requests === 0 ? 0 : champion.errors / champion.requests;
    if (share > Math.max(maxErrorShare, errorRatio * usual)) {
      const against = `${percentText(usual)} of ${champion.requests} with ${champion.version}`;
      return `${percentText(share)} of ${candidate.requests} requests failed, ${against}`;
    }
  }
  if (candidate?.failed && state.status === 'preparing') {
    return `it could not be loaded${candidate.message ? `: ${candidate.message}` : ''}`;
  }
  if (!candidate?.ready && state.status === 'preparing' && now - state.since >= state.settings.readyTimeoutMs) {
    const seconds = Math.round(state.settings.readyTimeoutMs / 1000);
    return `it was not ready after ${seconds} s${candidate?.message ? `: ${candidate.message}` : ''}`;
  }
  return undefined;
}

function promotedBecause(state: RolloutState): string {
  const watched = state.settings.steps.filter((percent) => percent < 100);
  return watched.length === 0 ? 'it answers all requests' : `it passed ${watched.map((p) => `${p} %`).join(', ')}`;
}

function splitIs(state: RolloutState, observed: RolloutObservation): boolean {
  const wanted = traffic(state);
  const serving = observed.versions.filter((version) => version.percent > 0);
  return (
    serving.length === wanted.length && wanted.every((want) => find(observed, want.version)?.percent === want.percent)
  );
}

function find(observed: RolloutObservation, version: string): Observed | undefined {
  return observed.versions.find((candidate) => candidate.version === version);
}

function percentText(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
