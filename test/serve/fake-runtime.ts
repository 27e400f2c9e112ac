import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../src/domain/errors.ts';
import type { Model } from '../../src/domain/spec/valid.ts';
import type { ModelRuntime } from '../../src/ports/model-runtime.ts';

/**
 * A runtime whose artifact is JSON: `{"factor": 0.01}` predicts hour × factor; `fail` refuses every batch, `delayMs`
 * takes its time, `open: []` in `models` shows which are loaded.
 */
export function createFakeRuntime(): ModelRuntime & { open: Set<string> } {
  const open = new Set<string>();
  return {
    open,
    async load({ folder, path: file }) {
      const text = await readFile(path.join(folder, file), 'utf8').catch((cause) => {
        throw new AppError('config/model-invalid', 'The artifact is not there', { cause });
      });
      const spec = JSON.parse(text) as { factor: number; fail?: boolean; delayMs?: number; broken?: string };
      if (spec.broken) throw new AppError('config/model-invalid', spec.broken);
      open.add(folder);
      return {
        async predict({ rows, columns }) {
          if (spec.delayMs) await new Promise((resolve) => setTimeout(resolve, spec.delayMs));
          if (!open.has(folder)) throw new Error('used after it was closed');
          if (spec.fail) throw new AppError('config/model-invalid', 'refused');
          const hours = columns.hour!.values as Float64Array;
          const values = hours.map((hour) => hour * spec.factor);
          return { rows, width: 1, values };
        },
        async close() {
          open.delete(folder);
        },
      };
    },
  };
}

export function fakeModel(name = 'flight-delay'): Model {
  return {
    kind: 'Model',
    name,
    path: `models/${name}/model.yaml`,
    task: 'binary-classification',
    dataset: 'flights',
    train: {
      runner: 'local',
      command: ['true'],
      code: [],
      params: {},
      resources: { gpu: 0, memoryBytes: 0, timeoutSeconds: 60 },
      seed: 1,
      repeats: 1,
    },
    artifact: { path: 'model.json', format: 'onnx' },
    signature: {
      inputs: [
        { name: 'hour', column: 'hour', type: 'integer' },
        { name: 'from', column: 'origin', type: 'string' },
      ],
      output: { name: 'probability', positive: true },
    },
    evaluate: {
      split: 'holdout',
      metrics: ['roc_auc'],
      slices: [],
      threshold: 0.5,
      custom: [],
      invariances: [],
      resamples: 100,
      confidence: 0.95,
    },
    gates: [],
  };
}
