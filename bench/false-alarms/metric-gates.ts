/** Gates on metrics where the truth lies exactly at what they ask for, so that to pass and to fail are both wrong. */
import { compareMetrics } from '../../src/domain/evaluate/compare-metrics.ts';
import { evaluateRows } from '../../src/domain/evaluate/evaluate-rows.ts';
import type { Evaluation } from '../../src/domain/evaluate/evaluation.ts';
import { statisticOf } from '../../src/domain/evaluate/metrics/statistic-of.ts';
import type { ScoredRows } from '../../src/domain/evaluate/scored-rows.ts';
import { chooseSlices } from '../../src/domain/evaluate/slices/choose-slices.ts';
import type { NumberColumn } from '../../src/domain/evaluate/slices/columns.ts';
import { parseMetric } from '../../src/domain/spec/metric-catalogue.ts';
import { seededRandom } from '../../src/domain/statistics/seeded-random.ts';
import { drawHoldout } from '../simulation/simulate.ts';
import { makeWorld } from '../simulation/worlds.ts';
import { type Alarm, CONFIDENCE } from './alarm.ts';
import { bareEvaluation } from './bare-evaluation.ts';
import { makeColumns } from './make-columns.ts';
import { BLOCKING, type Trap, tallyGates } from './tally-gates.ts';

const METRICS = ['roc_auc', 'accuracy', 'log_loss', 'f1'];
const ROWS = 1_500;
const SLICE_ROWS = 5_000;

export function metricGateAlarms(runs: number): Alarm[] {
  const level = makeWorld('binary', true);
  const better = makeWorld('binary', false);
  // The other way round, so that the candidate is the worse one.
  const worse = { ...better, candidate: better.champion as typeof better.candidate, champion: better.candidate };
  return [
    ...tallyGates(
      METRICS.flatMap((metric) => boundaryTraps(metric, worse)),
      evaluations(worse, runs),
    ),
    ...tallyGates(METRICS.map(superiorityTrap), evaluations(level, runs)),
  ];
}

/** The slice gate on all slices, none of which is worse: it may call none so. */
export function sliceGateAlarms(runs: number, metrics: readonly string[]): Alarm[] {
  const level = makeWorld('binary', true);
  const traps = metrics.map(
    (metric): Trap => ({
      what: `${metric} in every slice, no worse than 0`,
      gate: {
        kind: 'slice',
        metric,
        slice: '*',
        minRows: 200,
        noWorseThan: 0,
        confidence: CONFIDENCE,
        ...BLOCKING,
      },
      wrong: ['fail'],
    }),
  );
  return tallyGates(traps, slicedEvaluations(level, runs, traps, metrics));
}

function* evaluations(world: ScoredRows, runs: number): Generator<Evaluation> {
  for (let run = 0; run < runs; run += 1) {
    const drawn = drawHoldout(world, undefined, ROWS, seededRandom(run * 7_927 + 3));
    const options = { seed: run, resamples: 1_000, confidence: CONFIDENCE };
    yield bareEvaluation({ rows: ROWS, metrics: compareMetrics(drawn, METRICS, options) });
  }
}

function* slicedEvaluations(
  world: ScoredRows,
  runs: number,
  traps: readonly Trap[],
  metrics: readonly string[],
): Generator<Evaluation> {
  for (let run = 0; run < runs; run += 1) {
    const random = seededRandom(run * 9_973 + 7);
    const drawn = drawHoldout(world, undefined, SLICE_ROWS, random);
    const columns = makeColumns(drawn, random);
    const categories = columns.filter((column) => 'codes' in column);
    const numbers = columns.filter((column): column is NumberColumn => !('codes' in column));
    const { slices } = chooseSlices({
      categories,
      numbers,
      conditions: [],
      specs: [
        ...categories.map(({ column }) => ({ kind: 'column', column }) as const),
        ...numbers.map(({ column }) => ({ kind: 'quantiles', column, count: 5 }) as const),
      ],
      gates: traps.map(({ gate }) => gate),
    });
    const options = { seed: run, resamples: 1_000, confidence: CONFIDENCE };
    yield bareEvaluation({ rows: SLICE_ROWS, ...evaluateRows(drawn, slices, [], metrics, options) });
  }
}

function boundaryTraps(metric: string, world: ScoredRows): Trap[] {
  const truth = valueOn(world, metric, world.candidate);
  const margin = Math.abs(truth - valueOn(world, metric, world.champion as typeof world.candidate));
  const bound = parseMetric(metric).facts?.better === 'lower' ? { max: truth } : { min: truth };
  const common = { metric, confidence: CONFIDENCE, ...BLOCKING };
  return [
    { what: `${metric} at its bound`, gate: { kind: 'absolute', ...bound, ...common }, wrong: ['pass', 'fail'] },
    {
      what: `${metric} worse by its margin`,
      gate: { kind: 'champion', noWorseThan: margin, better: false, ...common },
      wrong: ['pass', 'fail'],
    },
    {
      what: `${metric} different by its tolerance`,
      gate: { kind: 'champion', within: margin, better: false, ...common },
      wrong: ['pass', 'fail'],
    },
  ];
}

function superiorityTrap(metric: string): Trap {
  return {
    what: `${metric} better, where it is the same`,
    gate: { kind: 'champion', metric, better: true, confidence: CONFIDENCE, ...BLOCKING },
    wrong: ['pass', 'fail'],
  };
}

function valueOn(world: ScoredRows, metric: string, model: ScoredRows['candidate']): number {
  return statisticOf(metric, world, model).at(new Uint8Array(world.rows).fill(1));
}
