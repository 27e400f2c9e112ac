/** What the models said of each row, for whoever wants to look closer; written piece by piece. */
import { type BatchColumn, type ColumnBatch, pickRows } from '../../domain/data/column-batch.ts';
import type { ScoredModel } from '../../domain/evaluate/scored-rows.ts';
import type { Dataset } from '../../domain/spec/valid.ts';
import type { DatasetReader } from '../../ports/dataset.ts';
import type { ScoredHoldout } from './score-holdout.ts';

const PIECE_ROWS = 20_480;

/** The split that was scored, to take the id column from. */
export type PredictionSource = { reader: DatasetReader; file: string; dataset: Dataset };

/**
 * `row` (place in the split), the column of role `id` under its own name unless it is pii, `label`, `weight` where rows
 * are weighted, `candidate` and `champion`; several classes have one column each, `candidate_0`…, and an interval has
 * `candidate_lower` and `candidate_upper`. In the order of the split.
 */
export async function* predictionBatches(
  holdout: ScoredHoldout,
  source: PredictionSource,
): AsyncGenerator<ColumnBatch> {
  const id = source.dataset.columns.find((column) => column.role === 'id' && !column.pii)?.name;
  const own = new Set(['row', 'label', 'weight']);
  if (id === undefined || own.has(id) || /^(?:candidate|champion)(?:_|$)/.test(id)) {
    const { rows } = holdout.scored;
    for (let from = 0; from < rows; from += PIECE_ROWS)
      yield piece(holdout, from, Math.min(from + PIECE_ROWS, rows), {});
    return;
  }
  let [read, from] = [0, 0];
  for await (const batch of source.reader.scan(source.file, [id], PIECE_ROWS)) {
    const rows: number[] = [];
    while ((holdout.places[from + rows.length] ?? Number.POSITIVE_INFINITY) < read + batch.rows)
      rows.push((holdout.places[from + rows.length] as number) - read);
    if (rows.length > 0) yield piece(holdout, from, from + rows.length, pickRows(batch, rows).columns);
    from += rows.length;
    read += batch.rows;
  }
}

function piece(
  { scored, places }: ScoredHoldout,
  from: number,
  to: number,
  ids: Record<string, BatchColumn>,
): ColumnBatch {
  const { width } = scored;
  const numbers = (values: Float64Array): BatchColumn => ({ kind: 'numbers', values });
  const answers = (name: string, { values }: ScoredModel): [string, BatchColumn][] => {
    const part = values.subarray(from * width, to * width);
    return columnNames(name, scored.task === 'regression', width).map((column, place) => [
      column,
      numbers(width === 1 ? part : every(part, width, place)),
    ]);
  };
  return {
    rows: to - from,
    columns: {
      row: numbers(Float64Array.from(places.subarray(from, to))),
      ...ids,
      label: numbers(scored.labels.subarray(from, to)),
      ...(scored.weights === undefined ? {} : { weight: numbers(scored.weights.subarray(from, to)) }),
      ...Object.fromEntries(answers('candidate', scored.candidate)),
      ...(scored.champion === undefined ? {} : Object.fromEntries(answers('champion', scored.champion))),
    },
  };
}

function columnNames(name: string, interval: boolean, width: number): string[] {
  if (width === 1) return [name];
  if (interval) return [name, `${name}_lower`, `${name}_upper`];
  return Array.from({ length: width }, (_, place) => `${name}_${place}`);
}

function every(values: Float64Array, width: number, place: number): Float64Array {
  const picked = new Float64Array(values.length / width);
  for (let row = 0; row < picked.length; row += 1) picked[row] = values[row * width + place] as number;
  return picked;
}
