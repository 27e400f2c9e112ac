import type { Json } from '../json.ts';
import type { Sweep } from '../spec/valid.ts';
import type { SweepStep } from './step-sweep.ts';

/** What is kept of a sweep with the version that came of it. */
export type SweepOutcome = {
  trials: number;
  /** Trainings in all, those of every rung, and how many of them failed. */
  runs: number;
  failed: number;
  metric: string;
  goal: Sweep['goal'];
  /** The winner's: what it reported of the metric, and what it was given. */
  value: number;
  params: Record<string, Json>;
};

/** Undefined while nobody has won. */
export function sweepOutcome({ metric, goal }: Sweep, { runs, winner }: SweepStep): SweepOutcome | undefined {
  if (!winner) return undefined;
  return {
    trials: runs.filter(({ rung }) => rung === 0).length,
    runs: runs.length,
    failed: runs.filter(({ result }) => result?.state === 'failed').length,
    metric,
    goal,
    value: winner.value,
    params: winner.params,
  };
}
