/** The benchmark's dataset and model as specs would declare them. */
import type { Column, Dataset, Model } from '../../src/domain/spec/valid.ts';
import { NUMBERS } from './make-data.ts';

export const RESAMPLES = 1_000;
export const METRICS = [
  'roc_auc',
  'pr_auc',
  'log_loss',
  'brier',
  'accuracy',
  'balanced_accuracy',
  'precision',
  'recall',
  'specificity',
  'f1',
  'mcc',
  'cohen_kappa',
  'ece',
];

export function datasetOf(file: string): Dataset {
  const column = (name: string, type: Column['type'], role?: 'label'): Column => ({
    name,
    type,
    nullable: false,
    pii: false,
    ...(role === undefined ? {} : { role }),
  });
  return {
    kind: 'Dataset',
    name: 'rows',
    path: 'data/rows.yaml',
    source: { uri: `file:${file}`, format: 'parquet' },
    columns: [
      ...NUMBERS.map((name) => column(name, 'float')),
      column('segment', 'category'),
      column('came', 'boolean', 'label'),
    ],
    splits: { train: 'false', holdout: 'true' },
    checks: [],
  };
}

export function modelOf(): Model {
  return {
    kind: 'Model',
    name: 'boosted',
    path: 'models/boosted.yaml',
    task: 'binary-classification',
    dataset: 'rows',
    train: {
      runner: 'local',
      command: [],
      code: [],
      params: {},
      resources: { gpu: 0, memoryBytes: 0, timeoutSeconds: 0 },
      seed: 1,
      repeats: 1,
    },
    artifact: { path: 'model.onnx', format: 'onnx' },
    signature: {
      inputs: NUMBERS.map((name) => ({ name, column: name, type: 'float' })),
      output: { name: 'probability', positive: true },
    },
    evaluate: {
      split: 'holdout',
      metrics: METRICS,
      slices: [{ kind: 'column', column: 'segment' }],
      threshold: 0.5,
      custom: [],
      invariances: [],
      resamples: RESAMPLES,
      confidence: 0.95,
    },
    gates: [],
  };
}
