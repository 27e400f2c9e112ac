import type { ColumnBatch } from '../domain/data/column-batch.ts';
import type { DataReport } from '../domain/data/data-report.ts';
import type { Dataset } from '../domain/spec/valid.ts';

/** Reads datasets as declared: source, window, computed columns, split. SQL of users runs shut in. */
export type DatasetReader = {
  /** Digest of what the source holds now (content for files). Verified against `sha256` if declared. */
  digest(dataset: Dataset): Promise<string>;
  /**
   * Writes one split as a Parquet file with exactly the declared columns. AppError config/data-invalid when it shares
   * rows with the split `apartFrom`: by default train, for train itself holdout.
   */
  materialise(dataset: Dataset, split: string, target: string, apartFrom?: string): Promise<{ rows: number }>;
  /**
   * Batches of `batchRows` rows (the last may be smaller) of a Parquet file that `materialise` wrote, in a fixed order.
   * `set`: columns that are computed instead, by a checked SQL expression over all columns, in the type of the column.
   */
  scan(file: string, columns: string[], batchRows: number, set?: Record<string, string>): AsyncIterable<ColumnBatch>;
  /** One boolean a row of such a file, in the order of `scan`. */
  matches(file: string, where: string): Promise<Uint8Array>;
  /** Counts, nulls, ranges, categories, violated checks; against `previous`: change of schema and drift by column. */
  inspect(dataset: Dataset, previous?: Dataset): Promise<DataReport>;
};

/** Writes batches that all have the same columns as one Parquet file: numbers as DOUBLE, no tensors. */
export type TableWriter = (
  target: string,
  batches: Iterable<ColumnBatch> | AsyncIterable<ColumnBatch>,
) => Promise<void>;
