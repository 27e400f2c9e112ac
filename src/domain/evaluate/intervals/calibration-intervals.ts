/**
 * Intervals of the calibration error Σ|g| over the bins' gaps g. It is biased upwards wherever a gap is not far from 0,
 * since |g| bends there; the delta method does not see that, and a bootstrap adds the bias once more and leaves out how
 * uncertain its size is (measured: 88 to 92 % where 95 % is meant). So: the gaps are jointly normal for many rows; the bias
 * of |g| is then known in closed form (the folded normal distribution) and taken off, and the spread of what is left is
 * that of the same function of gaps drawn from their distribution.
 */
import { chiSquaredSf } from '../../statistics/chi-squared.ts';
import type { Estimate } from '../evaluation.ts';
import type { BinSums } from '../metrics/calibration-error.ts';
import type { IntervalLevel } from './bootstrap-interval.ts';
import { type Gaps, gapsOf } from './calibration-gaps.ts';
import { choleskyFactor } from './cholesky-factor.ts';
import type { Comparison, PairValues } from './comparison.ts';
import { deltaInterval, deltaP } from './delta-intervals.ts';
import { normalCdf } from './normal-quantile.ts';
import { drawNormals, streamOf } from './random-stream.ts';

/** They cost nothing by row: the spread is within two in a hundred. */
const DRAWS = 2_000;

type Options = { weights?: Float64Array; groups?: Int32Array; seed: number; level: IntervalLevel };

/** `models`: of the candidate, then of a champion. */
export function calibrationIntervals(values: PairValues, models: readonly BinSums[], options: Options): Comparison {
  const found = gapsOf(models, options);
  const errors = correctedErrors(found, models[0]?.bins ?? 0);
  const [candidate, champion] = errors(found.gaps);
  const spread = spreadsOf(found, errors, options.seed);
  const interval = (value: number, corrected: number, standardError: number): Estimate => ({
    ...deltaInterval(corrected, standardError, options.level),
    value,
    centre: corrected,
  });
  const ofModel = (index: number, value: number, corrected: number, standardError: number): Estimate => {
    const told = interval(value, corrected, standardError);
    return mayBeCalibrated(models[index] as BinSums, options) ? { ...told, lower: 0 } : told;
  };
  const ofCandidate = ofModel(0, values.candidate, candidate, spread.candidate);
  if (values.champion === undefined || models.length < 2) return { method: 'sums', candidate: ofCandidate };
  return {
    method: 'sums',
    candidate: ofCandidate,
    champion: ofModel(1, values.champion, champion, spread.champion),
    difference: interval(values.candidate - values.champion, candidate - champion, spread.difference),
    p: deltaP(candidate - champion, spread.difference, options.level.degrees),
  };
}

/**
 * Whether a χ² test lets all gaps of the model be 0. Not all of the bias can be taken off there, and above 0 the lower
 * bound would claim that the test is failed. Where a row's probability is what comes, the variance of what comes is known.
 */
function mayBeCalibrated({ bins, binOf, excess }: BinSums, { weights, level }: Options): boolean {
  const [sums, variances] = [new Float64Array(bins), new Float64Array(bins)];
  for (let row = 0; row < binOf.length; row += 1) {
    const bin = binOf[row] as number;
    const weight = weights === undefined ? 1 : (weights[row] as number);
    const above = excess[row] as number;
    // The excess over the weight is p or p − 1, so this is w²·p·(1 − p).
    const variance = Math.abs(above) * (weight - Math.abs(above));
    sums[bin] = (sums[bin] as number) + above;
    variances[bin] = (variances[bin] as number) + variance;
  }
  let [statistic, degrees] = [0, 0];
  for (const [bin, variance] of variances.entries()) {
    if (!(variance > 0)) continue;
    statistic += (sums[bin] as number) ** 2 / variance;
    degrees += 1;
  }
  return degrees === 0 || chiSquaredSf(statistic, degrees) > (1 - level.confidence) / 2;
}

/** Errors of the two models with the bias taken off: Σ 2|g| − E|g + noise|. Without a champion its error is 0. */
function correctedErrors({ gaps, covariance }: Gaps, bins: number): (gaps: Float64Array) => [number, number] {
  const deviations = gaps.map((_, place) => Math.sqrt(covariance[place * (gaps.length + 1)] as number));
  return (drawn) => {
    const errors: [number, number] = [0, 0];
    for (let place = 0; place < drawn.length; place += 1) {
      const gap = Math.abs(drawn[place] as number);
      errors[place < bins ? 0 : 1] += 2 * gap - foldedMean(gap, deviations[place] as number);
    }
    return errors;
  };
}

/** E|X| of a normal X. */
function foldedMean(mean: number, deviation: number): number {
  if (!(deviation > 0)) return Math.abs(mean);
  const ratio = mean / deviation;
  return deviation * Math.sqrt(2 / Math.PI) * Math.exp((-ratio * ratio) / 2) + mean * (1 - 2 * normalCdf(-ratio));
}

function spreadsOf({ gaps, covariance }: Gaps, errors: (gaps: Float64Array) => [number, number], seed: number) {
  const size = gaps.length;
  const factor = choleskyFactor(covariance, size);
  // A gap's square is too large by its variance, and around a gap that is too large the spread would be, too.
  const centres = gaps.map((gap, place) => {
    const square = gap * gap - (covariance[place * (size + 1)] as number);
    return square > 0 ? Math.sign(gap) * Math.sqrt(square) : 0;
  });
  const [normals, drawn] = [new Float64Array(size), new Float64Array(size)];
  const [candidate, champion] = [new Float64Array(DRAWS), new Float64Array(DRAWS)];
  for (let draw = 0; draw < DRAWS; draw += 1) {
    drawNormals(normals, streamOf(seed, draw));
    for (let place = 0; place < size; place += 1) {
      let gap = centres[place] as number;
      for (let column = 0; column <= place; column += 1) {
        gap += (factor[place * size + column] as number) * (normals[column] as number);
      }
      drawn[place] = gap;
    }
    [candidate[draw], champion[draw]] = errors(drawn);
  }
  const difference = candidate.map((error, draw) => error - (champion[draw] as number));
  return { candidate: deviationOf(candidate), champion: deviationOf(champion), difference: deviationOf(difference) };
}

function deviationOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
