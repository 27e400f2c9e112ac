import type { Signature, Task } from '../domain/spec/valid.ts';
import type { ColumnBatch } from './dataset.ts';

/**
 * Binary and regression: one value a row. Multiclass: rows × classes, row-major.
 */
export type Predictions = { rows: number; width: number; values: Float64Array };

export type LoadedModel = {
  /** AppError config/model-invalid when the model refuses the batch or answers another shape. */
  predict(batch: ColumnBatch): Promise<Predictions>;
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
