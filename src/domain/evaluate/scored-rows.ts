/** What the arithmetic of an evaluation works on: truth and predictions, row by row. */
import type { Task } from '../spec/valid.ts';

export type ScoredModel = {
  /**
   * Binary: probability of the positive class. Multiclass: rows × classes, row-major. Regression: the value, or with an
   * interval rows × (value, lower, upper). Ranking: the score.
   */
  values: Float64Array;
  /** Decision threshold of a binary classifier on that probability. */
  threshold: number;
  /** Scores of custom metrics, one a row, by name; without `rows` where the command gave one value only. */
  custom?: Record<string, { value: number; rows?: Float64Array }>;
};

export type ScoredRows = {
  task: Task;
  rows: number;
  /** Values a row: 1, or the number of classes. */
  width: number;
  /** Binary: 1 for the positive class, else 0. Multiclass: index of the class. Regression: the value. Ranking: gain. */
  labels: Float64Array;
  candidate: ScoredModel;
  champion?: ScoredModel;
  /** From 0 without gaps, for rows that belong together (role `group`): they are resampled together. */
  groups?: Int32Array;
  /** How much each row counts (role `weight`), ≥ 0; absent: alike. */
  weights?: Float64Array;
  /** Rows of truth × columns of decision. */
  costs?: readonly (readonly number[])[];
};

/** The rows at `indices`, in that order. */
export function selectRows(scored: ScoredRows, indices: Int32Array): ScoredRows {
  const { weights } = scored;
  const picked = weights === undefined ? undefined : pick(weights, indices, 1);
  const model = ({ custom, ...from }: ScoredModel): ScoredModel => ({
    ...from,
    values: pick(from.values, indices, scored.width),
    ...(custom === undefined ? {} : { custom: pickCustom(custom, indices, scored.rows, picked) }),
  });
  return {
    ...scored,
    rows: indices.length,
    labels: pick(scored.labels, indices, 1),
    candidate: model(scored.candidate),
    ...(scored.champion === undefined ? {} : { champion: model(scored.champion) }),
    ...(scored.groups === undefined ? {} : { groups: renumber(scored.groups, indices) }),
    ...(picked === undefined ? {} : { weights: picked }),
  };
}

/** Without scores by row a custom metric is known of all rows together only. */
function pickCustom(
  custom: NonNullable<ScoredModel['custom']>,
  indices: Int32Array,
  all: number,
  weights: Float64Array | undefined,
): NonNullable<ScoredModel['custom']> {
  const entries = Object.entries(custom).flatMap(([name, { value, rows }]) => {
    if (rows === undefined) return indices.length === all ? [[name, { value }] as const] : [];
    const scores = pick(rows, indices, 1);
    return [[name, { value: indices.length === all ? value : mean(scores, weights), rows: scores }] as const];
  });
  return Object.fromEntries(entries);
}

function mean(scores: Float64Array, weights: Float64Array | undefined): number {
  let [sum, total] = [0, 0];
  for (let row = 0; row < scores.length; row += 1) {
    const weight = weights?.[row] ?? 1;
    sum += weight * (scores[row] as number);
    total += weight;
  }
  return sum / total;
}

function pick(values: Float64Array, indices: Int32Array, width: number): Float64Array {
  const picked = new Float64Array(indices.length * width);
  for (let row = 0; row < indices.length; row += 1) {
    const from = (indices[row] as number) * width;
    for (let column = 0; column < width; column += 1) picked[row * width + column] = values[from + column] as number;
  }
  return picked;
}

function renumber(groups: Int32Array, indices: Int32Array): Int32Array {
  const numbers = new Map<number, number>();
  return indices.map((row) => {
    const group = groups[row] as number;
    const known = numbers.get(group) ?? numbers.size;
    numbers.set(group, known);
    return known;
  });
}
