import type { ScoredModel } from '../../../domain/evaluate/scored-rows.ts';

export type CustomScore = NonNullable<ScoredModel['custom']>[string];

/** Sums in another order than ours, in single precision even. */
const TOLERANCE = 1e-5;

/** What the last line of the command says, or in words what is wrong with it. */
export function readAnswer(line: string, rows: number, weights: Float64Array | undefined): CustomScore | string {
  let answer: unknown;
  try {
    answer = JSON.parse(line);
  } catch {
    return line === '' ? 'it printed nothing' : `its last line is no JSON: ${line.slice(0, 100)}`;
  }
  if (typeof answer !== 'object' || answer === null) return 'its last line must be {"value": …, "rows"?: […]}';
  const { value, rows: scores } = answer as { value?: unknown; rows?: unknown };
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'its "value" is no finite number';
  if (scores === undefined || scores === null) return { value };
  if (!Array.isArray(scores)) return 'its "rows" is no list';
  if (scores.length !== rows) return `its "rows" has ${scores.length} scores for ${rows} rows`;
  const odd = scores.findIndex((score) => typeof score !== 'number' || !Number.isFinite(score));
  if (odd >= 0) return `score ${odd} of its "rows" is no finite number`;
  const values = Float64Array.from(scores as number[]);
  const mean = meanOf(values, weights);
  if (Math.abs(mean - value) > TOLERANCE * Math.max(1, Math.abs(value)))
    return `its "value" ${value} is not the ${weights === undefined ? '' : 'weighted '}mean of its "rows", ${mean}`;
  // The mean itself: what is resampled and what is shown must be the same.
  return { value: mean, rows: values };
}

function meanOf(values: Float64Array, weights: Float64Array | undefined): number {
  let [sum, total] = [0, 0];
  for (let row = 0; row < values.length; row += 1) {
    const weight = weights?.[row] ?? 1;
    sum += weight * (values[row] as number);
    total += weight;
  }
  return sum / total;
}
