/** Draws holdouts from a world, compares the models on each, and counts how often the intervals hold what is true. */
import { compareMetrics } from '../../src/domain/evaluate/compare-metrics.ts';
import type { Estimate, IntervalMethod } from '../../src/domain/evaluate/evaluation.ts';
import { statisticOf } from '../../src/domain/evaluate/metrics/statistic-of.ts';
import { type ScoredRows, selectRows } from '../../src/domain/evaluate/scored-rows.ts';
import { seededRandom } from '../../src/domain/statistics/seeded-random.ts';
import { makeWorld, type WorldName } from './worlds.ts';

export type Scenario = {
  world: WorldName;
  level: boolean;
  /** Drawn a comparison: rows, or groups where the world has them. */
  units: number;
  metrics: readonly string[];
  resamples: number;
  /** As in the comparison's options: 0 for no resampling at all. */
  bootstrapRows?: number;
};

export type Tally = {
  metric: string;
  method: IntervalMethod;
  comparisons: number;
  /** Comparisons whose interval of the difference, of the candidate, holds the true one. */
  difference: number;
  candidate: number;
  /** Those where it lies wholly above, wholly below: a one-sided gate at the truth would pass, fail. */
  above: number;
  below: number;
  /** p < .05 of "there is no difference"; a false alarm in a level world. */
  significant: number;
};

export const CONFIDENCE = 0.95;

/** Comparisons number `from` to `to`; the same whatever other numbers are done elsewhere. */
export function simulate(scenario: Scenario, from: number, to: number): Tally[] {
  const world = makeWorld(scenario.world, scenario.level);
  const truth = new Map(scenario.metrics.map((metric) => [metric, trueValues(world, metric)]));
  const ends = world.groups === undefined ? undefined : groupEnds(world.groups);
  const tallies = new Map<string, Tally>();
  for (let number = from; number < to; number += 1) {
    const drawn = drawHoldout(world, ends, scenario.units, seededRandom(number * 7_919 + 17));
    const { resamples, bootstrapRows } = scenario;
    const options = {
      seed: number,
      resamples,
      confidence: CONFIDENCE,
      ...(bootstrapRows === undefined ? {} : { bootstrapRows }),
    };
    for (const found of compareMetrics(drawn, scenario.metrics, options)) {
      const { metric, method } = found;
      const tally = tallies.get(metric) ?? empty(metric, method);
      tallies.set(metric, tally);
      const { candidate, difference } = truth.get(metric) as { candidate: number; difference: number };
      if (found.difference?.lower == null || found.difference.upper === null) continue;
      tally.comparisons += 1;
      if (holds(found.candidate, candidate)) tally.candidate += 1;
      if (holds(found.difference, difference)) tally.difference += 1;
      if (found.difference.lower > difference) tally.above += 1;
      if (found.difference.upper < difference) tally.below += 1;
      if (found.p !== undefined && found.p < 1 - CONFIDENCE) tally.significant += 1;
    }
  }
  return [...tallies.values()];
}

function trueValues(world: ScoredRows, metric: string): { candidate: number; difference: number } {
  const ones = new Uint8Array(world.rows).fill(1);
  const candidate = statisticOf(metric, world, world.candidate).at(ones);
  const champion = statisticOf(metric, world, world.champion as ScoredRows['candidate']).at(ones);
  return { candidate, difference: candidate - champion };
}

export function drawHoldout(
  world: ScoredRows,
  ends: Int32Array | undefined,
  units: number,
  random: () => number,
): ScoredRows {
  if (ends === undefined) {
    return selectRows(
      world,
      Int32Array.from({ length: units }, () => Math.floor(random() * world.rows)),
    );
  }
  const rows: number[] = [];
  const groups: number[] = [];
  for (let unit = 0; unit < units; unit += 1) {
    const group = Math.floor(random() * ends.length);
    for (let row = group === 0 ? 0 : (ends[group - 1] as number); row < (ends[group] as number); row += 1) {
      rows.push(row);
      groups.push(unit);
    }
  }
  // A group that is drawn twice is two groups.
  return { ...selectRows(world, Int32Array.from(rows)), groups: Int32Array.from(groups) };
}

export function groupEnds(groups: Int32Array): Int32Array {
  const ends: number[] = [];
  for (const [row, group] of groups.entries()) ends[group] = row + 1;
  return Int32Array.from(ends);
}

function holds(estimate: Estimate, truth: number): boolean {
  return (estimate.lower as number) <= truth && truth <= (estimate.upper as number);
}

function empty(metric: string, method: IntervalMethod): Tally {
  return { metric, method, comparisons: 0, difference: 0, candidate: 0, above: 0, below: 0, significant: 0 };
}
