import type { BatchColumn, ColumnBatch } from '../../../domain/data/column-batch.ts';
import type { ScoredModel, ScoredRows } from '../../../domain/evaluate/scored-rows.ts';

/**
 * What a custom metric is given of one model, a row of the holdout each: `row` (place in the split), `label` (as
 * `ScoredRows` has it), `weight` (1 where the dataset has none), `group` where it has some (numbered), `prediction`, or
 * of several values a row one column each: `prediction_0`…
 */
export function predictionTable(scored: ScoredRows, model: ScoredModel, places: Int32Array): ColumnBatch {
  const { rows, width, labels, weights, groups } = scored;
  const predictions = Array.from({ length: width }, (_, column): [string, BatchColumn] => [
    width === 1 ? 'prediction' : `prediction_${column}`,
    numbers(width === 1 ? model.values : every(model.values, width, column)),
  ]);
  return {
    rows,
    columns: {
      row: numbers(Float64Array.from(places)),
      label: numbers(labels),
      weight: numbers(weights ?? new Float64Array(rows).fill(1)),
      ...(groups === undefined ? {} : { group: numbers(Float64Array.from(groups)) }),
      ...Object.fromEntries(predictions),
    },
  };
}

const numbers = (values: Float64Array): BatchColumn => ({ kind: 'numbers', values });

function every(values: Float64Array, step: number, first: number): Float64Array {
  return Float64Array.from({ length: values.length / step }, (_, row) => values[row * step + first] as number);
}
