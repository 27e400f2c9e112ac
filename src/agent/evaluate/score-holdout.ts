/** Reads the holdout once and lets both models answer it. */

import { AppError } from '../../domain/errors.ts';
import type { CategoryColumn } from '../../domain/evaluate/slices/columns.ts';
import type { ScoredRows } from '../../domain/evaluate/scored-rows.ts';
import type { Dataset, Model } from '../../domain/spec/valid.ts';
import type { ColumnBatch, DatasetReader } from '../../ports/dataset.ts';
import type { LoadedModel } from '../../ports/model-runtime.ts';
import { classOrder } from './champion-fits.ts';
import { createGrowingArray } from './growing-array.ts';
import { labelColumn, labelReader } from './read-labels.ts';
import { createRowsDigest } from './rows-digest.ts';

/** Part of the digest's form: see `createRowsDigest`. */
const BATCH_ROWS = 10_000;

export type Scorer = { model: Model; loaded: LoadedModel };

/** `repeats`: the candidate's model trained with other seeds. */
export type Scorers = { candidate: Scorer; champion?: Scorer; repeats?: readonly Scorer[] };

/** NaN where the value is missing. */
export type NumberColumn = { column: string; values: Float64Array };

/** Everything by row is of the rows with a label, in the order of the file. */
export type ScoredHoldout = {
  /** `groups` and `weights` by the columns of these roles. */
  scored: ScoredRows;
  /** Predictions of each of `repeats`, in their order, as `scored.candidate.values`. */
  repeats: Float64Array[];
  /** Place in the file of each row that was scored. */
  places: Int32Array;
  /** Columns of texts, booleans and whole numbers that slices, the discovery or a fairness gate name; never pii. */
  categories: CategoryColumn[];
  /** Columns of numbers that bins, quantiles or the discovery name; never pii. */
  numbers: NumberColumn[];
  /** Of all rows and declared columns. */
  digest: string;
  unlabelled: number;
  /** The first 2,000 rows, for timing and for what is tried with changed inputs. */
  sample: ColumnBatch;
  /** Why the champion is left out. */
  championFailed?: string;
  groupedBy?: string;
  weightedBy?: string;
};

export async function scoreHoldout(
  reader: DatasetReader,
  file: string,
  dataset: Dataset,
  { candidate, champion, repeats = [] }: Scorers,
  onRows: (rows: number) => void,
): Promise<ScoredHoldout> {
  const label = labelColumn(dataset);
  const readLabel = labelReader(candidate.model);
  const digest = createRowsDigest();
  const [labels, answers, championAnswers, places] = [1, 2, 3, 4].map(createGrowingArray) as Four;
  const order = champion === undefined ? undefined : classOrder(candidate.model, champion.model);
  const sliced = candidate.model.evaluate.slices.flatMap((slice) => (slice.kind === 'column' ? [slice.column] : []));
  const shown = sliced.filter((name) => !dataset.columns.some((column) => column.name === name && column.pii));
  const encoders = new Map(shown.map((column) => [column, createEncoder()]));
  const group = dataset.columns.find((column) => column.role === 'group')?.name;
  const groups = createEncoder();
  let sample: ColumnBatch | undefined;
  let championFailed: string | undefined;
  let [read, unlabelled, width] = [0, 0, 1];

  const columns = dataset.columns.map((column) => column.name);
  for await (const batch of reader.scan(file, columns, BATCH_ROWS)) {
    digest.add(batch);
    const truth = (batch.columns[label] ?? []).map(readLabel);
    const kept = truth.flatMap((value, row) => (Number.isNaN(value) ? [] : [row]));
    const part = kept.length === batch.rows ? batch : pickRows(batch, kept);
    sample ??= part.rows > 0 ? part : undefined;
    unlabelled += batch.rows - part.rows;
    labels.push(kept.map((row) => truth[row] as number));
    places.push(kept.map((row) => read + row));
    for (const [column, encoder] of encoders) encoder.add(part.columns[column] ?? []);
    if (group !== undefined) groups.add(part.columns[group] ?? []);
    const answer = await candidate.loaded.predict(part);
    width = answer.width;
    answers.push(answer.values);
    if (champion !== undefined && championFailed === undefined) {
      const its = await champion.loaded.predict(part).catch((error: unknown) => {
        if (!(error instanceof AppError)) throw error;
        championFailed = error.message;
        return undefined;
      });
      if (its !== undefined) championAnswers.push(order === undefined ? its.values : reorder(its.values, order));
    }
    read += batch.rows;
    onRows(read);
  }
  const truth = labels.values();
  if (sample === undefined)
    throw new AppError('config/data-invalid', `the holdout of ${dataset.name} has no row with a label`);
  const compared = champion !== undefined && championFailed === undefined;
  return {
    scored: {
      task: candidate.model.task,
      rows: truth.length,
      width,
      labels: truth,
      candidate: { values: answers.values(), threshold: candidate.model.evaluate.threshold },
      ...(compared
        ? { champion: { values: championAnswers.values(), threshold: champion.model.evaluate.threshold } }
        : {}),
      ...(group === undefined ? {} : { groups: groups.groups() }),
    },
    places: Int32Array.from(places.values()),
    categories: [...encoders].map(([column, encoder]) => ({ column, ...encoder.encoded() })),
    digest: digest.digest(),
    unlabelled,
    sample,
    ...(championFailed === undefined ? {} : { championFailed }),
    ...(group === undefined ? {} : { groupedBy: group }),
  };
}

type Four = [GrowingArrayOf, GrowingArrayOf, GrowingArrayOf, GrowingArrayOf];
type GrowingArrayOf = ReturnType<typeof createGrowingArray>;

export function pickRows(batch: ColumnBatch, rows: number[]): ColumnBatch {
  const columns = Object.entries(batch.columns).map(
    ([name, values]) => [name, rows.map((row) => values[row] ?? null)] as const,
  );
  return { rows: rows.length, columns: Object.fromEntries(columns) };
}

function reorder(values: Float64Array, order: number[]): Float64Array {
  return values.map((_, index) => {
    const row = Math.floor(index / order.length);
    return values[row * order.length + (order[index % order.length] as number)] as number;
  });
}

/** Texts as numbers in the order in which they come; −1 for a missing one. */
function createEncoder() {
  const numbers = new Map<string, number>();
  const codes = createGrowingArray();
  return {
    add(column: ColumnBatch['columns'][string]) {
      codes.push(
        column.map((value) => {
          if (value === null) return -1;
          const text = String(value);
          const known = numbers.get(text) ?? numbers.size;
          numbers.set(text, known);
          return known;
        }),
      );
    },
    encoded: () => ({ values: [...numbers.keys()], codes: Int32Array.from(codes.values()) }),
    /** A row without a group is a group of its own. */
    groups(): Int32Array {
      let next = numbers.size;
      return Int32Array.from(codes.values(), (code) => (code >= 0 ? code : next++));
    },
  };
}
