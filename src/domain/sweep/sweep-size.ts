import type { Sweep } from '../spec/valid.ts';
import { countCombinations } from './param-points.ts';
import { rungsOf } from './rungs.ts';

export type SweepSize = {
  trials: number;
  /** Trainings in all, those of every rung. */
  runs: number;
  /** The same in trainings with all of the resource: half of the epochs count half. */
  work: number;
  /** `12 trials, successive halving over epochs 2 → 16`. */
  text: string;
};

/** When no trial fails. */
export function sweepSize(sweep: Sweep): SweepSize {
  const { search, halving } = sweep;
  const trials = search.type === 'grid' ? countCombinations(sweep.params) : search.trials;
  const rungs = rungsOf(sweep, trials);
  const share = (resource: number | undefined) => (resource === undefined || !halving ? 1 : resource / halving.max);
  const counted = `${trials} ${trials === 1 ? 'trial' : 'trials'}`;
  const kind = halving ? `successive halving over ${halving.param} ${halving.min} → ${halving.max}` : search.type;
  return {
    trials,
    runs: rungs.reduce((sum, rung) => sum + rung.trials, 0),
    work: rungs.reduce((sum, rung) => sum + rung.trials * share(rung.resource), 0),
    text: `${counted}, ${kind === 'grid' ? 'every combination' : kind === 'random' ? 'drawn at random' : kind}`,
  };
}
