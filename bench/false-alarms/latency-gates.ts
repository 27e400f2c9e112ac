/** Gates on latency where the candidate takes as much longer as they allow, on a machine whose load comes and goes. */
import { quantileRatios } from '../../src/agent/evaluate/serving/ratio-estimates.ts';
import type { Estimate, Evaluation } from '../../src/domain/evaluate/evaluation.ts';
import { seededRandom } from '../../src/domain/statistics/seeded-random.ts';
import { normal } from '../simulation/normal.ts';
import { type Alarm, CONFIDENCE } from './alarm.ts';
import { bareEvaluation } from './bare-evaluation.ts';
import { BLOCKING, type Trap, tallyGates } from './tally-gates.ts';

const QUANTILES = ['p50', 'p95', 'p99'] as const;
/** As many as are sent to a fast model, and to one that is slow, where only some quantiles have bounds. */
const REQUESTS = [1_000, 80, 15] as const;
const SHARES = [0.5, 0.95, 0.99];
const RATIO = 1.2;
/** How much of the load remains from one request to the next. */
const INERTIA = 0.8;

export function latencyGateAlarms(runs: number): Alarm[] {
  return REQUESTS.flatMap((requests) => {
    const traps = QUANTILES.map(
      (quantile): Trap => ({
        what: `latency ${quantile} of ${requests} requests as much longer as allowed`,
        gate: { kind: 'latency', quantile, maxRatio: RATIO, confidence: CONFIDENCE, ...BLOCKING },
        wrong: ['pass', 'fail'],
      }),
    );
    return tallyGates(traps, evaluations(runs, requests));
  });
}

function* evaluations(runs: number, requests: number): Generator<Evaluation> {
  for (let run = 0; run < runs; run += 1) {
    const times = drawTimes(requests, seededRandom(run * 3_001 + 13));
    const [p50, p95, p99] = quantileRatios(times, SHARES, { seed: run, confidence: CONFIDENCE }) as Three;
    const bare = bareEvaluation({});
    const other = { value: 1, lower: 1, upper: 1 };
    const ratios = { p50, p95, p99, throughput: [], memory: other, coldStart: other };
    yield { ...bare, serving: { ...bare.serving, champion: bare.serving.candidate, ratios } };
  }
}

type Three = [Estimate, Estimate, Estimate];

/** Both have the same distribution but for the factor, so that every quantile has that ratio. */
function drawTimes(requests: number, random: () => number): { candidate: Float64Array; champion: Float64Array } {
  const [candidate, champion] = [new Float64Array(requests), new Float64Array(requests)];
  let load = normal(random);
  for (let request = 0; request < requests; request += 1) {
    load = INERTIA * load + Math.sqrt(1 - INERTIA ** 2) * normal(random);
    candidate[request] = RATIO * Math.exp(0.3 * load + 0.2 * normal(random));
    champion[request] = Math.exp(0.3 * load + 0.2 * normal(random));
  }
  return { candidate, champion };
}
