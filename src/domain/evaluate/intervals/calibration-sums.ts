/**
 * Replicates of the calibration error without resampling rows. It is a function of one sum a bin and model, and for many
 * rows those sums are jointly normal: they are drawn from that distribution. Σ|·| is not smooth at 0, so the delta method
 * does not do, while this keeps what a bin near 0 does to the error.
 */
import type { BinSums } from '../metrics/calibration-error.ts';
import { gapsOf } from './calibration-gaps.ts';
import { choleskyFactor } from './cholesky-factor.ts';
import type { Replicates } from './paired-bootstrap.ts';
import { drawNormals, streamOf } from './random-stream.ts';

/** The candidate's rows, then those of a champion; `draws` replicates. */
export function calibrationReplicates(
  models: readonly BinSums[],
  options: { weights?: Float64Array; groups?: Int32Array; seed: number; draws: number },
): Replicates {
  const { gaps, covariance } = gapsOf(models, options);
  const factor = choleskyFactor(covariance, gaps.length);
  const normals = new Float64Array(gaps.length);
  const errors = models.map(() => new Float64Array(options.draws));
  for (let draw = 0; draw < options.draws; draw += 1) {
    drawNormals(normals, streamOf(options.seed, draw));
    let start = 0;
    for (const [index, { bins }] of models.entries()) {
      let error = 0;
      for (let place = start; place < start + bins; place += 1)
        error += Math.abs(drawnGap(gaps, factor, normals, place));
      (errors[index] as Float64Array)[draw] = error;
      start += bins;
    }
  }
  const [candidate, champion] = errors as [Float64Array, Float64Array | undefined];
  if (champion === undefined) return { candidate };
  return { candidate, champion, difference: candidate.map((error, draw) => error - (champion[draw] as number)) };
}

function drawnGap(gaps: Float64Array, factor: Float64Array, normals: Float64Array, place: number): number {
  let gap = gaps[place] as number;
  const row = place * gaps.length;
  for (let column = 0; column <= place; column += 1) {
    gap += (factor[row + column] as number) * (normals[column] as number);
  }
  return gap;
}
