import type { Estimate } from '../evaluate/evaluation.ts';
import type { Gate } from '../spec/valid.ts';
import { chiSquaredQuantile } from '../statistics/chi-squared-quantile.ts';
import { judgeBounds } from './bounds.ts';
import { areNumbers, count, figure } from './figures.ts';
import { cannotTell, type Finding, type Judged } from './verdict.ts';
import { percent } from './wear.ts';

type SeedGate = Extract<Gate, { kind: 'seed-variance' }>;

/** As many as `train.repeats` can be. */
const MOST_SEEDS = 20;

/**
 * How much of a metric is the luck of the seed: the interval of its standard deviation over trainings that differ in
 * nothing else. Each candidate is trained with the seeds anew, so that the holdout does not wear by it.
 */
export function judgeSeedVariance(gate: SeedGate, { evaluation }: Judged): Finding {
  const { seeds } = evaluation;
  const found = seeds?.metrics.find(({ metric }) => metric === gate.metric);
  if (seeds === undefined || found === undefined || seeds.seeds.length < 2) {
    return cannotTell(
      `${gate.metric} is known of one seed only`,
      'train.repeats of 2 or more would train with others.',
    );
  }
  const { deviation, mean, values } = found;
  if (!areNumbers(deviation, mean, ...values)) return cannotTell(`${gate.metric} is not defined for every seed`);
  const { confidence, max } = gate;
  const judged = judgeBounds(
    { max },
    {
      of: 'the standard deviation',
      estimate: deviationInterval(deviation, values.length, confidence),
      from: confidence,
      confidence,
      range: [0, Number.POSITIVE_INFINITY],
      made: `its interval at ${percent(confidence)} by χ² with ${count(values.length - 1)} degrees of freedom`,
    },
  );
  const remedy = judged.verdict === 'cannot-tell' ? seedsNeeded(deviation, gate) : undefined;
  const over = `${figure(mean)} on average over ${count(values.length)} seeds`;
  return {
    ...judged,
    evidence: `${over}, deviation ${judged.evidence} at ${percent(confidence)}${remedy === undefined ? '' : `; ${remedy.short}`}`,
    working: [`${gate.metric} by seed: ${values.map(figure).join(', ')}.`, ...judged.working],
    change: [
      `With ${count(values.length)} seeds it passes up to a deviation of ${figure(max / reachOf(values.length, confidence))}.`,
      ...(remedy === undefined ? [] : [remedy.long]),
    ],
  };
}

export function seedVarianceName(gate: SeedGate): string {
  return `${gate.metric} over seeds, deviation ≤ ${figure(gate.max)}`;
}

/** Of a standard deviation of `seeds` draws: (n − 1) s² / σ² is χ² with n − 1 degrees of freedom, were they normal. */
function deviationInterval(deviation: number, seeds: number, confidence: number): Estimate {
  const degrees = seeds - 1;
  const lower = deviation * Math.sqrt(degrees / chiSquaredQuantile((1 + confidence) / 2, degrees));
  return { value: deviation, lower, upper: deviation * reachOf(seeds, confidence) };
}

/** The upper bound, as a multiple of the deviation. */
function reachOf(seeds: number, confidence: number): number {
  return Math.sqrt((seeds - 1) / chiSquaredQuantile((1 - confidence) / 2, seeds - 1));
}

function seedsNeeded(deviation: number, { max, confidence }: SeedGate): { short: string; long: string } {
  if (deviation > max) {
    const short = `more seeds would not help, the deviation would have to be at most ${figure(max)}`;
    return { short, long: 'More seeds would only make sure that it does not hold.' };
  }
  for (let seeds = 3; seeds <= MOST_SEEDS; seeds += 1) {
    if (deviation * reachOf(seeds, confidence) > max) continue;
    const short = `train.repeats: ${seeds} would tell`;
    return {
      short,
      long: `With train.repeats: ${seeds} it would pass, were the deviation still ${figure(deviation)}.`,
    };
  }
  const short = `not even train.repeats: ${MOST_SEEDS} would tell`;
  return {
    short,
    long: `With ${MOST_SEEDS} seeds, the most there can be, the interval would still reach above ${figure(max)}.`,
  };
}
