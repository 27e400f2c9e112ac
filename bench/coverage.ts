/**
 * Do the 95 % intervals of a difference hold what is true 95 times in a hundred, and do gates that read their bounds pass
 * wrongly as rarely as stated? On simulated comparisons whose true difference is known.
 */
import { parseMetric } from '../src/domain/spec/metric-catalogue.ts';
import type { Benchmark } from './benchmark.ts';
import { type NamedScenario, SCENARIOS } from './simulation/scenarios.ts';
import type { Tally } from './simulation/simulate.ts';
import { simulateInThreads } from './simulation/simulate-in-threads.ts';

const COVERAGE = 0.95;
/** From 93 to 97 %. */
const TOLERANCE = 0.02;

type Line = { scenario: string; metric: string; method: string; coverage: number; single: number; wrongPass: number };

export const coverage: Benchmark = {
  about: 'share of 95 % intervals that hold the true difference, aim 93 to 97 %, over 2,000 comparisons a scenario',
  async run({ runs = 2_000, say }) {
    const lines = new Map<string, Line[]>();
    await simulateInThreads(SCENARIOS, runs, (scenario, tallies) => {
      const ofScenario = tallies.map((tally) => lineOf(scenario, tally));
      lines.set(scenario.name, ofScenario);
      say(table(ofScenario));
    });
    const all = SCENARIOS.flatMap(({ name }) => lines.get(name) ?? []);
    const distances = all.map((line) => Math.abs(line.coverage - COVERAGE));
    const worst = all[distances.indexOf(Math.max(...distances))] as Line;
    const ratio = Math.abs(worst.coverage - COVERAGE) / TOLERANCE;
    const wrongPass = all.reduce((most, line) => (line.wrongPass > most.wrongPass ? line : most));
    return {
      ratio,
      aim: 1,
      ok: ratio <= 1,
      comparisons: runs * SCENARIOS.length,
      intervals: all.length,
      worst: `${worst.scenario}: ${worst.metric} by ${worst.method}: ${percent(worst.coverage)}`,
      statedWrongPass: (1 - COVERAGE) / 2,
      worstWrongPass: `${wrongPass.scenario}: ${wrongPass.metric} by ${wrongPass.method}: ${percent(wrongPass.wrongPass)}`,
      meanWrongPass: all.reduce((sum, line) => sum + line.wrongPass, 0) / all.length,
    };
  },
};

/**
 * `wrongPass`: a gate passes whose threshold is the truth itself: `noWorseThan` at its margin, and where the models do not
 * differ `better`.
 */
function lineOf(scenario: NamedScenario, tally: Tally): Line {
  const isLower = parseMetric(tally.metric).facts?.better === 'lower';
  return {
    scenario: scenario.name,
    metric: tally.metric,
    method: tally.method,
    coverage: tally.difference / tally.comparisons,
    single: tally.candidate / tally.comparisons,
    wrongPass: (isLower ? tally.below : tally.above) / tally.comparisons,
  };
}

function table(lines: readonly Line[]): string {
  const head = `${lines[0]?.scenario ?? ''}\n  metric      method                 difference  one model  gate passes wrongly`;
  const body = lines.map(
    ({ metric, method, coverage, single, wrongPass }) =>
      `  ${metric.padEnd(12)}${method.padEnd(23)}${percent(coverage).padStart(10)}${percent(single).padStart(11)}${percent(wrongPass).padStart(21)}`,
  );
  return [head, ...body].join('\n');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
