import type { ColumnBatch } from '../domain/data/column-batch.ts';
import type { Signature, Task } from '../domain/spec/valid.ts';

/**
 * `values` row-major, rows × width. Binary: probability of the positive class. Ranking: the score. Regression: the value,
 * or with an interval value, lower, upper. Multiclass: one probability a class.
 */
export type Predictions = { rows: number; width: number; values: Float64Array };

/** What models that answer the same batch need to prepare only once: begun empty with every batch. */
export type Prepared = Map<string, unknown>;

export type LoadedModel = {
  /** What it runs on, and how: `onnxruntime 1.23.2, 4 threads`. */
  engine?: string;
  /** AppError config/model-invalid when the model refuses the batch or answers another shape. */
  predict(batch: ColumnBatch, prepared?: Prepared): Promise<Predictions>;
  close(): Promise<void>;
};

export type ModelRuntime = {
  /** `folder` holds the artifact's files; `path` is the artifact's main file in it. Checks the model against the signature. */
  load(model: {
    folder: string;
    path: string;
    format: 'onnx' | 'tfjs';
    signature: Signature;
    task: Task;
  }): Promise<LoadedModel>;
};
