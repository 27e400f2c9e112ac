/** Reads the holdout once and lets the models answer it; memory grows with the answers, not with the columns. */

import { type ColumnBatch, joinBatches, pickRows } from '../../domain/data/column-batch.ts';
import { AppError } from '../../domain/errors.ts';
import type { ScoredModel, ScoredRows } from '../../domain/evaluate/scored-rows.ts';
import type { CategoryColumn, NumberColumn } from '../../domain/evaluate/slices/columns.ts';
import type { Dataset, Model } from '../../domain/spec/valid.ts';
import type { DatasetReader } from '../../ports/dataset.ts';
import type { LoadedModel } from '../../ports/model-runtime.ts';
import { type Answers, createAnswering } from './answer-batches.ts';
import { batchRows } from './batch-rows.ts';
import { createGrowingArray } from './growing-array.ts';
import { createColumnKeeper } from './holdout-columns.ts';
import { labelColumn, labelReader } from './read-labels.ts';
import { createRowsDigest } from './rows-digest.ts';

export type Scorer = { model: Model; loaded: LoadedModel };

/** `repeats`: the candidate's model trained with other seeds. */
export type Scorers = { candidate: Scorer; champion?: Scorer; repeats?: readonly Scorer[] };

/** Everything by row is of the rows with a label, in the order of the file. */
export type ScoredHoldout = {
  /** `groups` and `weights` by the columns of these roles. */
  scored: ScoredRows;
  /** Predictions of each of `repeats`, in their order, as `scored.candidate.values`. */
  repeats: Float64Array[];
  /** Place in the file of each row that was scored. */
  places: Int32Array;
  /** Columns that slices name, and those of texts and booleans that the discovery or a fairness gate names; never pii. */
  categories: CategoryColumn[];
  /** Columns that bins or quantiles name, and those of numbers and times that the discovery names; never pii. */
  numbers: NumberColumn[];
  /** Of all rows and declared columns. */
  digest: string;
  unlabelled: number;
  /** The first rows, 2,000 at most, for timing and for what is tried with changed inputs. */
  sample: ColumnBatch;
  /** Why the champion is left out. */
  championFailed?: string;
  groupedBy?: string;
  weightedBy?: string;
};

const SAMPLE_ROWS = 2_000;

/** AppError config/data-invalid when no row has a label; what a candidate or a repeat cannot answer is thrown. */
export async function scoreHoldout(
  reader: DatasetReader,
  file: string,
  dataset: Dataset,
  scorers: Scorers,
  onRows: (rows: number) => void,
): Promise<ScoredHoldout> {
  const { model } = scorers.candidate;
  const label = labelColumn(dataset);
  const readLabels = labelReader(model);
  const digest = createRowsDigest();
  const keeper = createColumnKeeper(dataset, model);
  const answering = createAnswering(scorers, onRows);
  const [labels, places] = [createGrowingArray(Float64Array), createGrowingArray(Int32Array)];
  const sample = createSample(Math.min(SAMPLE_ROWS, batchRows(dataset)));
  let [done, unlabelled] = [0, 0];

  const columns = dataset.columns.map((column) => column.name);
  const batches = reader.scan(file, columns, batchRows(dataset));
  const read = async () => {
    for await (const batch of batches) {
      const truth = readLabels(batch.columns[label] as ColumnBatch['columns'][string]);
      const kept = labelledRows(truth);
      const part = kept.length === batch.rows ? batch : pickRows(batch, kept);
      // The models are at work on it while the rest of this turn, and the next batch, are done here.
      const at = Int32Array.from(kept, (row) => done + row);
      const asked = answering.ask(part, at, done + batch.rows);
      // Should the rest of this turn throw, that is what is told.
      asked.catch(() => {});
      digest.add(batch);
      keeper.add(part);
      sample.add(part);
      labels.push(part === batch ? truth : kept.map((row) => truth[row] as number));
      places.push(at);
      unlabelled += batch.rows - part.rows;
      done += batch.rows;
      await asked;
    }
  };
  await read().finally(() => answering.settle());
  const answers = await answering.finish();
  if (labels.length() === 0)
    throw new AppError('config/data-invalid', `the holdout of ${dataset.name} has no row with a label`);
  const { categories, numbers, groups, weights, ...by } = keeper.kept();
  return {
    scored: {
      ...scoredModels(scorers, answers),
      labels: labels.values(),
      rows: labels.length(),
      ...(groups === undefined ? {} : { groups }),
      ...(weights === undefined ? {} : { weights }),
    },
    repeats: answers.repeats,
    places: places.values(),
    categories,
    numbers,
    digest: digest.digest(),
    unlabelled,
    sample: sample.rows(),
    ...(answers.championFailed === undefined ? {} : { championFailed: answers.championFailed }),
    ...by,
  };
}

function scoredModels({ candidate, champion }: Scorers, answers: Answers) {
  const scored = ({ model }: Scorer, values: Float64Array): ScoredModel => ({
    values,
    threshold: model.evaluate.threshold,
  });
  const { costs } = candidate.model.evaluate;
  return {
    task: candidate.model.task,
    width: answers.width,
    candidate: scored(candidate, answers.candidate),
    ...(champion === undefined || answers.champion === undefined
      ? {}
      : { champion: scored(champion, answers.champion) }),
    ...(costs === undefined ? {} : { costs }),
  };
}

function labelledRows(truth: Float64Array): number[] {
  const rows: number[] = [];
  for (let row = 0; row < truth.length; row += 1) if (!Number.isNaN(truth[row])) rows.push(row);
  return rows;
}

function createSample(most: number) {
  const parts: ColumnBatch[] = [];
  let held = 0;
  return {
    add(batch: ColumnBatch) {
      const rows = Math.min(most - held, batch.rows);
      if (rows === 0) return;
      parts.push(
        pickRows(
          batch,
          Array.from({ length: rows }, (_, row) => row),
        ),
      );
      held += rows;
    },
    rows: () => joinBatches(parts),
  };
}
