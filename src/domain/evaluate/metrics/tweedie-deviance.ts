import type { ScoredModel, ScoredRows } from '../scored-rows.ts';
import { byRow } from './regression-metrics.ts';
import type { Statistic } from './statistic.ts';
import { weightedMean } from './weighted-mean.ts';

/**
 * Mean deviance of the Tweedie family (Jørgensen 1987): power 0 is the normal distribution's, 1 Poisson's, 2 gamma's, 3
 * the inverse Gaussian's; between 0 and 1 there is none, NaN. But for power 0 it is NaN too where a prediction is not
 * above 0, a label below 0, or from power 2 on a label 0.
 */
export function tweedieDeviance(scored: ScoredRows, model: ScoredModel, power: number): Statistic {
  const deviance = devianceOf(power);
  const scores = byRow(scored, model, (y, p) =>
    power !== 0 && (p <= 0 || y < 0 || (y === 0 && power >= 2)) ? Number.NaN : deviance(y, p),
  );
  return weightedMean(scores, scored.weights);
}

function devianceOf(power: number): (label: number, predicted: number) => number {
  if (power === 0) return (y, p) => (y - p) ** 2;
  if (power < 1) return () => Number.NaN;
  if (power === 1) return (y, p) => 2 * ((y === 0 ? 0 : y * Math.log(y / p)) - y + p);
  if (power === 2) return (y, p) => 2 * (Math.log(p / y) + y / p - 1);
  return (y, p) =>
    2 *
    (y ** (2 - power) / ((1 - power) * (2 - power)) -
      (y * p ** (1 - power)) / (1 - power) +
      p ** (2 - power) / (2 - power));
}
