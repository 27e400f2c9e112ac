/** Gates on rates of groups, and on the share of changed answers, where the truth lies exactly at what they ask for. */
import type { Evaluation } from '../../src/domain/evaluate/evaluation.ts';
import { fairnessOf } from '../../src/domain/evaluate/fairness.ts';
import { wilsonInterval } from '../../src/domain/evaluate/intervals/proportion-intervals.ts';
import type { ScoredRows } from '../../src/domain/evaluate/scored-rows.ts';
import { seededRandom } from '../../src/domain/statistics/seeded-random.ts';
import { normal } from '../simulation/normal.ts';
import { type Alarm, CONFIDENCE } from './alarm.ts';
import { bareEvaluation } from './bare-evaluation.ts';
import { BLOCKING, type Trap, tallyGates } from './tally-gates.ts';

const MIN_ROWS = 50;
const SIZES = [120, 300, 500, 800];
const NAMES = ['a', 'b', 'c', 'd'];
const INVARIANT_ROWS = 1_000;
const CHANGED = 0.02;

export function rateGateAlarms(runs: number): Alarm[] {
  return [
    ...fairness('two groups', runs, [0.3, 0.4], 'alike'),
    // Four of the six pairs lie at the bound: the hardest case for a correction over pairs.
    ...fairness('rows alike', runs, [0.3, 0.3, 0.4, 0.4], 'alike'),
    ...fairness('rows weighted', runs, [0.3, 0.3, 0.4, 0.4], 'weighted'),
    ...fairness('rows in groups', runs, [0.3, 0.3, 0.4, 0.4], 'grouped'),
    ...fairness('rare', runs, [0.02, 0.02, 0.05, 0.05], 'alike'),
    ...fairness('no difference', runs, [0.3, 0.3, 0.3, 0.3], 'alike'),
    ...invariance(runs),
  ];
}

type Kind = 'alike' | 'weighted' | 'grouped';

function fairness(what: string, runs: number, rates: number[], kind: Kind): Alarm[] {
  const [low, high] = [Math.min(...rates), Math.max(...rates)];
  const common = {
    kind: 'fairness',
    rate: 'selection_rate',
    by: 'sex',
    minRows: MIN_ROWS,
    confidence: CONFIDENCE,
  } as const;
  // Two groups of the same rate are no further apart than any bound: only to accuse them is wrong.
  const wrong: Trap['wrong'] = low === high ? ['fail'] : ['pass', 'fail'];
  const traps: Trap[] = [
    { what: `rates, ${what}: difference`, gate: { ...common, ...BLOCKING, maxDifference: high - low }, wrong },
    { what: `rates, ${what}: ratio`, gate: { ...common, ...BLOCKING, minRatio: low / high }, wrong },
  ];
  return tallyGates(traps, fairEvaluations(runs, rates, kind));
}

function* fairEvaluations(runs: number, rates: number[], kind: Kind): Generator<Evaluation> {
  for (let run = 0; run < runs; run += 1) {
    const { scored, codes } = drawRates(rates, kind, seededRandom(run * 8_191 + 11));
    const column = { column: 'sex', values: NAMES, codes };
    const options = { minRows: MIN_ROWS, confidence: CONFIDENCE };
    yield bareEvaluation({ fairness: [fairnessOf(scored, column, 'selection_rate', options)] });
  }
}

/** `grouped`: four rows at a time, decided alike half of the time. */
function drawRates(rates: number[], kind: Kind, random: () => number): { scored: ScoredRows; codes: Int32Array } {
  const codes = Int32Array.from(rates.flatMap((_, code) => new Array<number>(SIZES[code] as number).fill(code)));
  let shared = 0;
  const values = Float64Array.from(codes, (code, row) => {
    if (row % 4 === 0) shared = random();
    const draw = kind === 'grouped' && random() < 0.5 ? shared : random();
    return draw < (rates[code] as number) ? 1 : 0;
  });
  const scored: ScoredRows = {
    task: 'binary-classification',
    rows: codes.length,
    width: 1,
    labels: new Float64Array(codes.length),
    candidate: { values, threshold: 0.5 },
    ...(kind === 'weighted' ? { weights: Float64Array.from(codes, () => Math.exp(0.7 * normal(random))) } : {}),
    ...(kind === 'grouped' ? { groups: codes.map((_, row) => row >> 2) } : {}),
  };
  return { scored, codes };
}

function invariance(runs: number): Alarm[] {
  const gate = { kind: 'invariance', name: '*', maxShare: CHANGED, confidence: CONFIDENCE, ...BLOCKING } as const;
  const trap: Trap = { what: 'changed answers at their bound', gate, wrong: ['pass', 'fail'] };
  function* evaluations(): Generator<Evaluation> {
    for (let run = 0; run < runs; run += 1) {
      const random = seededRandom(run * 4_099 + 1);
      const changed = Array.from({ length: INVARIANT_ROWS }, random).filter((draw) => draw < CHANGED).length;
      const share = wilsonInterval(changed, INVARIANT_ROWS, CONFIDENCE);
      const tried = { name: 'case', rows: INVARIANT_ROWS, changed: share, largest: 1, tolerance: 0 };
      yield bareEvaluation({ robustness: { behaviour: [], invariances: [tried] } });
    }
  }
  return tallyGates([trap], evaluations());
}
