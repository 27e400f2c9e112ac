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
import { deltaP } from './delta-intervals.ts';
import { normalCdf } from './normal-quantile.ts';
import { drawNormals, streamOf } from './random-stream.ts';
import { studentQuantile } from './student.ts';

/** They cost nothing by row: the spread is within two in a hundred. */
const DRAWS = 2_000;

type Options = { weights?: Float64Array; groups?: Int32Array; seed: number; level: IntervalLevel };

/** `models`: of the candidate, then of a champion. */
export function calibrationIntervals(values: PairValues, models: readonly BinSums[], options: Options): Comparison {
  const found = gapsOf(models, options);
  const errors = correctedErrors(found, models[0]?.bins ?? 0);
  const [candidate, champion] = errors(found.gaps);
  const spread = spreadsOf(found, errors, options.seed);
  const z = studentQuantile((1 + options.level.confidence) / 2, options.level.degrees);
  const stretch = models.map(({ bins }, index) =>
    stretchOf(found, index * bins, bins, z * (index === 0 ? spread.candidate : spread.champion), z),
  );
  const interval = (value: number, centre: number, reach: number): Estimate => ({
    value,
    lower: centre - reach,
    upper: centre + reach,
    centre,
  });
  const ofModel = (index: number, value: number, corrected: number, standardError: number): Estimate => {
    if (cameAlike(models[index] as BinSums)) return { value, lower: null, upper: null };
    const told = interval(value, corrected, z * standardError);
    const upper = corrected + z * standardError * (stretch[index] as number);
    return { ...told, upper, ...(mayBeCalibrated(models[index] as BinSums, options) ? { lower: 0 } : {}) };
  };
  const ofCandidate = ofModel(0, values.candidate, candidate, spread.candidate);
  if (values.champion === undefined || models.length < 2) return { method: 'sums', candidate: ofCandidate };
  const ofChampion = ofModel(1, values.champion, champion, spread.champion);
  const value = values.candidate - values.champion;
  if (ofCandidate.lower === null || ofChampion.lower === null) {
    return {
      method: 'sums',
      candidate: ofCandidate,
      champion: ofChampion,
      difference: { value, lower: null, upper: null },
    };
  }
  const between = candidate - champion;
  const reach = z * spread.difference;
  const [ofOne, ofOther] = stretch as [number, number];
  return {
    method: 'sums',
    candidate: ofCandidate,
    champion: ofChampion,
    // Where one model may be worse than it seems, so may its side of the difference.
    difference: { value, lower: between - reach * ofOther, upper: between + reach * ofOne, centre: between },
    p: deltaP(between, spread.difference * (between > 0 ? ofOther : ofOne), options.level.degrees),
  };
}

/**
 * How far the error may be above Σ (2|g| − E|g + noise|) in parts of `reach`, z deviations of it, at least 1. A gap may be z
 * deviations beyond where it is seen, whichever way it bends, and the bins' distances add up as deviations do (Zou &
 * Donner, Statistics in Medicine 27, 2008). The sum of many bins is normal again, so what is more than 1 counts by how
 * much one of them makes up (root of Herfindahl's index).
 */
function stretchOf({ gaps, covariance }: Gaps, start: number, bins: number, reach: number, z: number): number {
  const covarianceOf = (i: number, j: number) => covariance[(start + i) * gaps.length + start + j] as number;
  const variances = Array.from({ length: bins }, (_, bin) => covarianceOf(bin, bin));
  // By deviation, with the sign of the gap.
  const distances = variances.map((variance, bin) => {
    const [gap, deviation] = [gaps[start + bin] as number, Math.sqrt(variance)];
    const distance = z + (foldedMean(gap, deviation) - Math.abs(gap)) / deviation;
    return deviation > 0 ? distance * (gap < 0 ? -1 : 1) : 0;
  });
  let [squares, sum, concentrated] = [0, 0, 0];
  for (const [i, one] of distances.entries()) {
    for (const [j, other] of distances.entries()) squares += one * other * covarianceOf(i, j);
    sum += variances[i] as number;
    concentrated += (variances[i] as number) ** 2;
  }
  if (!(reach > 0 && squares > 0)) return 1;
  return 1 + Math.max(0, Math.sqrt(squares) / reach - 1) * (Math.sqrt(concentrated) / sum);
}

/** All rows came (or none did): nothing is seen of how what comes varies. */
function cameAlike({ excess }: BinSums): boolean {
  let [least, most] = [0, 0];
  for (let row = 0; row < excess.length; row += 1) {
    least = Math.min(least, excess[row] as number);
    most = Math.max(most, excess[row] as number);
  }
  return least === 0 ? most > 0 : most === 0;
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
