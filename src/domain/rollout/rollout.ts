/**
 * A rollout as a pure state machine: how much traffic the candidate gets now, and whether it may go on. Level-triggered:
 * asked again with the same observation it answers the same, so a crash between deciding and doing is harmless.
 */
export type RolloutSettings = {
  /** Percent of the traffic, ascending; 100 is added when it is not the last. */
  steps: number[];
  /** How long each step before the last is watched. */
  intervalMs: number;
  /** How long the candidate may take to become ready. */
  readyTimeoutMs: number;
  /** A candidate whose share of errors is above this *and* above `errorRatio` times the champion's is rolled back. */
  maxErrorShare: number;
  errorRatio: number;
  /** Below so many requests in a step, errors are not judged. */
  minRequests: number;
};

export type RolloutState = {
  candidate: string;
  /** What answered before, and answers again after a rollback; absent for the first version of a deployment. */
  champion?: string;
  /**
   * preparing: the candidate is being loaded for the current step · stepping: it answers and is watched ·
   * promoted, rolled-back: over.
   */
  status: 'preparing' | 'stepping' | 'promoted' | 'rolled-back';
  settings: RolloutSettings;
  /** Index into `settings.steps`. */
  step: number;
  /** Epoch ms: since when the state is as it is; of a step, since the candidate was seen ready at its percent. */
  since: number;
  /** Why it ended, in a sentence. */
  reason?: string;
};

/** One version of a deployment as it is served; counts are since the present traffic split was applied. */
export type VersionStatus = {
  version: string;
  percent: number;
  ready: boolean;
  requests: number;
  errors: number;
  /** It will not become ready by waiting; `message` says why. */
  failed?: boolean;
  message?: string;
};

export type RolloutObservation = {
  /** As the deployer says. */
  versions: VersionStatus[];
  /** The judge's alert opened after the rollout began: why, in a few words. */
  alert?: string;
};

export type RolloutAction =
  /** Make the world serve exactly this; the shares sum to 100. */
  | { kind: 'apply'; traffic: { version: string; percent: number }[] }
  /** Nothing to do; look again at that moment. */
  | { kind: 'wait'; until: number }
  /** Over: nothing more to do. */
  | { kind: 'none' };

export const ROLLOUT_DEFAULTS: Omit<RolloutSettings, 'steps' | 'intervalMs'> = {
  readyTimeoutMs: 5 * 60_000,
  maxErrorShare: 0.05,
  errorRatio: 2,
  minRequests: 50,
};

/** Without a champion there is nothing to compare with and nothing to fall back on: one step to 100 %. */
export function startRollout(
  candidate: string,
  champion: string | undefined,
  settings: Pick<RolloutSettings, 'steps' | 'intervalMs'> & Partial<RolloutSettings>,
  now: number,
): RolloutState {
  const before = champion === candidate ? undefined : champion;
  const wanted = before === undefined ? [] : settings.steps.filter((percent) => percent > 0 && percent < 100);
  return {
    candidate,
    ...(before === undefined ? {} : { champion: before }),
    status: 'preparing',
    settings: { ...ROLLOUT_DEFAULTS, ...settings, steps: [...wanted, 100] },
    step: 0,
    since: now,
  };
}
