import type { Json } from '../json.ts';
import type { Sweep } from '../spec/valid.ts';
import { keptOf, resourceOf } from './rungs.ts';
import type { Trial } from './trials-of.ts';

/** What has become of a run. A value that is no finite number is as good as none. */
export type TrialResult = { state: 'running' } | { state: 'done'; value: number } | { state: 'failed'; reason: string };

/** One training of a trial. */
export type TrialRun = {
  /** `<rung>.<index>`. */
  id: string;
  rung: number;
  index: number;
  /** The trial's, and that of the resource. */
  params: Record<string, Json>;
  resource?: number;
  /** The run of the rung before. */
  from?: string;
};

export type SweepStep = {
  /** Every run that there is or shall be by now, by rung and index. */
  runs: (TrialRun & { result?: TrialResult })[];
  submit: TrialRun[];
  /** Runs of the present rung that have not ended, those to submit left out. */
  waiting: number;
  winner?: TrialRun & { value: number };
  /** Why there can be no winner any more. */
  failed?: string;
};

/**
 * What to do next. Depends on the results alone, not on the order in which they came; equal values go to the lower
 * index. A run that fails loses; a rung of which all fail ends the sweep.
 */
export function stepSweep(
  sweep: Pick<Sweep, 'goal' | 'halving' | 'parallel'>,
  trials: readonly Trial[],
  results: ReadonlyMap<string, TrialResult>,
): SweepStep {
  const { halving } = sweep;
  const runs: SweepStep['runs'] = [];
  let survivors: { trial: Trial; from?: string }[] = trials.map((trial) => ({ trial }));
  for (let rung = 0; ; rung += 1) {
    const resource = halving && resourceOf(halving, rung, survivors.length);
    const present = survivors.map(({ trial, from }): SweepStep['runs'][number] => {
      const run = runOf(trial, rung, halving && { param: halving.param, resource: resource! }, from);
      const result = settled(results.get(run.id));
      return { ...run, ...(result && { result }) };
    });
    runs.push(...present);
    const submitted = present.filter(({ result }) => result?.state === 'running').length;
    const missing = present.filter(({ result }) => !result);
    if (submitted + missing.length > 0) {
      const free = Math.max(0, (sweep.parallel ?? Number.POSITIVE_INFINITY) - submitted);
      const submit = missing.slice(0, free).map(({ result: _, ...run }) => run);
      return { runs, submit, waiting: submitted + missing.length - submit.length };
    }
    const ranked = rankRuns(present, sweep.goal);
    if (ranked.length === 0) return { runs, submit: [], waiting: 0, failed: whyAllFailed(present, rung) };
    if (!halving || resource! >= halving.max) return { runs, submit: [], waiting: 0, winner: ranked[0]! };
    survivors = ranked
      .slice(0, keptOf(present.length, halving.factor))
      .map(({ index, id }) => ({ trial: trials.find((trial) => trial.index === index)!, from: id }))
      .sort((a, b) => a.trial.index - b.trial.index);
  }
}

/** Those that have a value, best first. */
export function rankRuns<T extends TrialRun & { result?: TrialResult }>(
  runs: readonly T[],
  goal: Sweep['goal'],
): (T & { value: number })[] {
  const sign = goal === 'maximize' ? -1 : 1;
  return runs
    .flatMap((run) => (run.result?.state === 'done' ? [{ ...run, value: run.result.value }] : []))
    .sort((a, b) => sign * (a.value - b.value) || a.index - b.index);
}

function runOf(
  trial: Trial,
  rung: number,
  given: { param: string; resource: number } | undefined,
  from: string | undefined,
): TrialRun {
  return {
    id: `${rung}.${trial.index}`,
    rung,
    index: trial.index,
    params: given ? { ...trial.params, [given.param]: given.resource } : trial.params,
    ...(given && { resource: given.resource }),
    ...(from !== undefined && { from }),
  };
}

function settled(result: TrialResult | undefined): TrialResult | undefined {
  if (result?.state !== 'done' || Number.isFinite(result.value)) return result;
  return { state: 'failed', reason: `its value is ${result.value}, no finite number` };
}

function whyAllFailed(runs: SweepStep['runs'], rung: number): string {
  const reasons = runs.flatMap(({ result }) => (result?.state === 'failed' ? [result.reason] : []));
  const which = rung === 0 ? 'all trials' : `all trials that were left in rung ${rung + 1}`;
  if (runs.length === 1) return `its only trial${rung === 0 ? '' : ' left'} failed: ${reasons[0]}`;
  const same = new Set(reasons).size === 1 ? 'each' : 'the first';
  return `${which} failed, ${same} with: ${reasons[0]}`;
}
