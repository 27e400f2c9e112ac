import type { ScoredModel } from '../../domain/evaluate/scored-rows.ts';
import type { ScoredHoldout } from './score-holdout.ts';

/**
 * What the models said of each row, for whoever wants to look closer: `row` (place in the split), `label`, `candidate`
 * and `champion`; of several classes one column each, `candidate_0`…
 */
export function predictionColumns({ scored, places }: ScoredHoldout): { name: string; values: Float64Array }[] {
  const of = (name: string, { values }: ScoredModel) =>
    scored.width === 1
      ? [{ name, values }]
      : Array.from({ length: scored.width }, (_, column) => ({
          name: `${name}_${column}`,
          values: Float64Array.from({ length: scored.rows }, (_, row) => values[row * scored.width + column] as number),
        }));
  return [
    { name: 'row', values: Float64Array.from(places) },
    { name: 'label', values: scored.labels },
    ...of('candidate', scored.candidate),
    ...(scored.champion === undefined ? [] : of('champion', scored.champion)),
  ];
}
