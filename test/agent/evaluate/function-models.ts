import { type BatchValue, valueAt } from '../../../src/domain/data/batch-values.ts';
import { AppError } from '../../../src/domain/errors.ts';
import type { Dataset, Model } from '../../../src/domain/spec/valid.ts';
import type { LoadedModel, ModelRuntime } from '../../../src/ports/model-runtime.ts';

export type InputRow = Record<string, BatchValue>;
export type Answer = (row: InputRow) => number[];

/** A model that is a function of the inputs' columns. */
export function functionModel(columns: readonly string[], answer: Answer): LoadedModel {
  return {
    predict: async (batch) => {
      const rows = Array.from({ length: batch.rows }, (_, row) =>
        Object.fromEntries(
          columns.map((name) => {
            const column = batch.columns[name];
            return [name, column === undefined ? null : valueAt(column, row)];
          }),
        ),
      );
      const answers = rows.map(answer);
      return { rows: batch.rows, width: answers[0]?.length ?? 1, values: Float64Array.from(answers.flat()) };
    },
    close: async () => {},
  };
}

/** Models are functions by the name of their folder; `open` are those that were loaded and not closed. */
export function functionRuntime(models: Record<string, Answer>): ModelRuntime & { open: Set<string> } {
  const open = new Set<string>();
  return {
    open,
    load: async ({ folder, signature }) => {
      const answer = models[folder];
      if (answer === undefined) throw new AppError('config/model-invalid', 'the model cannot be used: it is garbage');
      open.add(folder);
      return {
        ...functionModel(
          signature.inputs.map((input) => input.column),
          answer,
        ),
        close: async () => {
          open.delete(folder);
        },
      };
    },
  };
}

export type ModelChanges = {
  task?: Model['task'];
  signature?: Partial<Model['signature']>;
  evaluate?: Partial<Model['evaluate']>;
  gates?: Model['gates'];
  train?: Partial<Model['train']>;
};

/** A binary classifier of one number, `income`, unless something else is said. */
export function modelOf(more: ModelChanges = {}): Model {
  return {
    kind: 'Model',
    name: 'loan',
    path: 'models/loan/model.yaml',
    task: more.task ?? 'binary-classification',
    dataset: 'loans',
    train: {
      runner: 'local',
      command: [],
      code: [],
      params: {},
      resources: { gpu: 0, memoryBytes: 0, timeoutSeconds: 1 },
      seed: 1,
      repeats: 1,
      ...more.train,
    },
    artifact: { path: 'model.onnx', format: 'onnx' },
    signature: {
      inputs: [{ name: 'income', column: 'income', type: 'float' }],
      output: { name: 'p', positive: true },
      ...more.signature,
    },
    evaluate: {
      split: 'holdout',
      metrics: more.task === 'regression' ? ['rmse'] : ['accuracy'],
      slices: [],
      threshold: 0.5,
      custom: [],
      invariances: [],
      resamples: 50,
      confidence: 0.95,
      ...more.evaluate,
    },
    gates: more.gates ?? [],
  };
}

export function datasetOf(columns: Dataset['columns'], splits: Record<string, string> = {}): Dataset {
  return {
    kind: 'Dataset',
    name: 'loans',
    path: 'data/loans.yaml',
    source: { uri: 'file:loans.csv', format: 'csv' },
    columns,
    splits: { train: 'a', holdout: 'b', ...splits },
    checks: [],
  };
}
