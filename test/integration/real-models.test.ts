/**
 * Models that others' tools made (scikit-learn through skl2onnx, LightGBM through onnxmltools, PyTorch's exporter), read
 * from Parquet and scored as an evaluation does it: what we predict is what the frameworks predict.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDuckdbDatasetReader } from '../../src/adapters/dataset/create-duckdb-dataset-reader.ts';
import { createModelRuntime } from '../../src/adapters/model-runtime/create-model-runtime.ts';
import type { BatchColumn } from '../../src/domain/data/column-batch.ts';
import type { Column, Dataset, SignatureInput, Task } from '../../src/domain/spec/valid.ts';
import { openPythonEnv } from './python/python-env.ts';

const here = path.join(import.meta.dirname, 'real-models');
const torch = path.join(import.meta.dirname, '../../fixtures/pytorch/requirements.txt');
const BATCH_ROWS = 700;

type Case = {
  task: Task;
  inputs: { name: string; type: SignatureInput['type']; shape?: number[] }[];
  output: string;
  width: number;
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  for (const [program, requirements] of [
    ['make.py', path.join(here, 'requirements.txt')],
    ['make_torch.py', torch],
  ] as const) {
    const { python, env, how, seconds } = await openPythonEnv((await readFile(requirements, 'utf8')).split('\n'));
    console.log(`${program}: packages ${how} in ${seconds.toFixed(0)} s`);
    await promisify(execFile)(python, [path.join(here, program), folder], {
      env: { ...env, PYTHONWARNINGS: 'ignore' },
    });
  }
}, 900_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const COLUMN_OF: Record<SignatureInput['type'], Column['type']> = {
  float: 'float',
  integer: 'integer',
  string: 'category',
  boolean: 'boolean',
};

function datasetOf(name: string, { inputs, width }: Case): Dataset {
  const columns: Column[] = [
    ...inputs.map(
      (input): Column => ({
        name: input.name,
        type: input.shape === undefined ? COLUMN_OF[input.type] : 'tensor',
        ...(input.shape === undefined ? {} : { shape: input.shape }),
        nullable: false,
        pii: false,
      }),
    ),
    ...Array.from({ length: width }, (_, index): Column => {
      return { name: `expected_${index}`, type: 'float', nullable: false, pii: false };
    }),
  ];
  return {
    kind: 'Dataset',
    name: 'rows',
    path: 'data/rows.yaml',
    source: { uri: `file:${name}/rows.parquet`, format: 'parquet' },
    columns,
    splits: { train: 'false', holdout: 'true' },
    checks: [],
  };
}

test.each([
  'sklearn-gradient-boosting',
  'sklearn-random-forest',
  'sklearn-text-pipeline',
  'sklearn-network',
  'lightgbm-classifier',
  'lightgbm-regressor',
  'torch-picture',
  'torch-sequence',
])('%s predicts here what it predicts there', async (name) => {
  const made = JSON.parse(await readFile(path.join(folder, name, 'case.json'), 'utf8')) as Case;
  const reader = createDuckdbDatasetReader({ dataRoot: folder, allow: ['file:'] });
  const file = path.join(folder, name, 'holdout.parquet');
  const dataset = datasetOf(name, made);
  const { rows } = await reader.materialise(dataset, 'holdout', file);
  expect(rows).toBeGreaterThan(1_000);

  const inputs = made.inputs.map((input): SignatureInput => ({ ...input, column: input.name }));
  const classes = Array.from({ length: made.width }, (_, index) => String(index));
  const model = await createModelRuntime().load({
    folder: path.join(folder, name),
    path: 'model.onnx',
    format: 'onnx',
    task: made.task,
    signature: {
      inputs,
      output: { name: made.output, ...(made.task === 'multiclass-classification' ? { classes } : { positive: 1 }) },
    },
  });
  try {
    let furthest = 0;
    let seen = 0;
    const columns = dataset.columns.map((column) => column.name);
    for await (const batch of reader.scan(file, columns, BATCH_ROWS)) {
      const { values, width } = await model.predict(batch);
      expect(width).toBe(made.width);
      for (let index = 0; index < made.width; index += 1) {
        const expected = batch.columns[`expected_${index}`] as Extract<BatchColumn, { kind: 'numbers' }>;
        for (let row = 0; row < batch.rows; row += 1) {
          const wanted = expected.values[row] as number;
          const error = Math.abs((values[row * width + index] as number) - wanted) / Math.max(1, Math.abs(wanted));
          furthest = Math.max(furthest, error);
        }
      }
      seen += batch.rows;
    }
    expect(seen).toBe(rows);
    expect(furthest).toBeLessThan(1e-5);
  } finally {
    await model.close();
  }
});
