import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createModelRuntime } from '../../../src/adapters/model-runtime/create-model-runtime.ts';
import { type BatchValue, toColumn } from '../../../src/domain/data/batch-values.ts';
import type { ColumnBatch } from '../../../src/domain/data/column-batch.ts';
import type { Signature, SignatureInput, Task, TensorType } from '../../../src/domain/spec/valid.ts';
// What scikit-learn itself predicts for the pipelines behind the models; generate.py beside it made both.
import expected from './models/expected.json' with { type: 'json' };

const MODELS = path.resolve('test/adapters/model-runtime/models');
const runtime = createModelRuntime();
const batch = (columns: Record<string, BatchValue[]>): ColumnBatch => ({
  rows: Object.values(columns)[0]?.length ?? 0,
  columns: Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, toColumn(values)])),
});
const rows = batch(expected.rows);

const input = (name: string, type: TensorType = 'float'): SignatureInput => ({ name, column: name, type });
const numbers: SignatureInput[] = [input('hour', 'integer'), input('distance')];
const signature = (inputs: SignatureInput[], output: Signature['output']): Signature => ({ inputs, output });

const load = (
  name: string,
  inputs: SignatureInput[],
  output: Signature['output'],
  task: Task = 'binary-classification',
) => runtime.load({ folder: MODELS, path: `${name}.onnx`, format: 'onnx', signature: signature(inputs, output), task });

async function predict(...of: Parameters<typeof load>) {
  const model = await load(...of);
  try {
    return await model.predict(rows);
  } finally {
    await model.close();
  }
}

const close = (found: Float64Array, wanted: number[]) => {
  expect(found.length).toBe(wanted.length);
  // Single precision in the model, double in scikit-learn.
  for (const [index, value] of wanted.entries()) expect(found[index]).toBeCloseTo(value, 4);
};

describe('ONNX', () => {
  it('takes all inputs as one matrix and the probability of the positive class', async () => {
    close((await predict('matrix', numbers, { name: 'probabilities', positive: 1 })).values, expected.matrix);
  });

  it('takes one tensor an input: int64, float, string', async () => {
    const inputs = [input('origin', 'string'), ...numbers];
    close((await predict('columns', inputs, { name: 'probabilities', positive: 1 })).values, expected.columns);
  });

  it('answers one probability a class', async () => {
    const output = { name: 'probabilities', classes: ['short', 'medium', 'long'] };
    const found = await predict('classes', numbers, output, 'multiclass-classification');
    expect(found).toMatchObject({ rows: 8, width: 3 });
    close(found.values, expected.classes.flat());
  });

  it('answers values', async () => {
    close((await predict('regression', numbers, { name: 'variable' }, 'regression')).values, expected.regression);
  });

  it('answers nothing for no rows', async () => {
    const model = await load('matrix', numbers, { name: 'probabilities' });
    expect(await model.predict(batch({ hour: [], distance: [] }))).toEqual({
      rows: 0,
      width: 1,
      values: new Float64Array(),
    });
    await model.close();
  });

  it('gives NaN for a missing number, and refuses it where whole numbers are taken', async () => {
    const matrix = await load('matrix', numbers, { name: 'probabilities' });
    await expect(matrix.predict(batch({ hour: [1], distance: [null] }))).rejects.toThrow('answers NaN');
    await matrix.close();
    const columns = await load('columns', [input('origin', 'string'), ...numbers], { name: 'probabilities' });
    const one = { hour: [1], distance: [5], origin: ['ATL'] };
    await expect(columns.predict(batch({ ...one, hour: [null] }))).rejects.toThrow('column hour has missing values');
    await expect(columns.predict(batch({ ...one, hour: [0.5] }))).rejects.toThrow('column hour holds 0.5');
    await expect(columns.predict(batch({ ...one, origin: [4] }))).rejects.toThrow('takes text');
    await expect(columns.predict(batch({ hour: [1], distance: [5] }))).rejects.toThrow('needs column origin');
    await columns.close();
  });

  it.each([
    [
      'another output',
      ['matrix', numbers, { name: 'nobody' }],
      'it has no output nobody (it has: label int64, probabilities float32)',
    ],
    ['a ZipMap', ['zipmap', numbers, { name: 'output_probability' }], 'export the classifier without its ZipMap'],
    [
      'too many inputs',
      ['matrix', [...numbers, input('x')], { name: 'probabilities' }],
      'has 2 columns, the signature has 3 for it (hour, distance, x)',
    ],
    [
      'other inputs',
      ['columns', numbers, { name: 'probabilities' }],
      'nothing of the signature is left for input origin. The model takes',
    ],
    [
      'text for a number',
      ['columns', [input('hour', 'string'), input('distance'), input('origin', 'string')], { name: 'probabilities' }],
      'input hour is int64 in the model and string in the signature',
    ],
    ['no such file', ['nobody', numbers, { name: 'probabilities' }], 'the artifact holds no nobody.onnx'],
    ['a path out of the artifact', ['../model-runtime', numbers, { name: 'y' }], 'is not inside the artifact'],
    ['external data outside', ['escaping', [input('x')], { name: 'y' }], 'is outside of its folder'],
    ['external data at an absolute path', ['absolute', [input('x')], { name: 'y' }], 'at an absolute path'],
  ] as [string, Parameters<typeof load>, string][])('refuses %s', async (_, of, message) => {
    await expect(load(...of)).rejects.toMatchObject({
      code: 'config/model-invalid',
      message: expect.stringContaining(message),
    });
  });

  it('refuses another width for several classes, and a value that is no probability', async () => {
    const classes = { name: 'probabilities', classes: ['a', 'b'] };
    await expect(predict('classes', numbers, classes, 'multiclass-classification')).rejects.toThrow(
      'expected [rows, 2]',
    );
    await expect(predict('regression', numbers, { name: 'variable' })).rejects.toThrow('is not a probability');
  });
});

describe('files of an artifact', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const at = (name: string, maxBytes?: number) =>
    createModelRuntime(maxBytes === undefined ? {} : { maxBytes }).load({
      folder: path.join(folder, name),
      path: 'model.onnx',
      format: 'onnx',
      signature: signature([input('x')], { name: 'y' }),
      task: 'regression',
    });

  it('may hold weights beside the model, but no link that leads out', async () => {
    for (const name of ['inside', 'link']) {
      await mkdir(path.join(folder, name));
      await cp(path.join(MODELS, 'external.onnx'), path.join(folder, name, 'model.onnx'));
    }
    await cp(path.join(MODELS, 'weights.bin'), path.join(folder, 'inside/weights.bin'));
    await symlink(path.join(MODELS, 'weights.bin'), path.join(folder, 'link/weights.bin'));
    const model = await at('inside');
    expect((await model.predict(batch({ x: [1, 2] }))).values).toEqual(Float64Array.of(1.25, 2.25));
    await model.close();
    await expect(at('link')).rejects.toMatchObject({ code: 'config/model-invalid' });
    await expect(at('inside', 100)).rejects.toThrow('at most 100 are loaded');
  });

  it('that are no model are refused', async () => {
    await mkdir(path.join(folder, 'garbage'));
    await writeFile(path.join(folder, 'garbage/model.onnx'), 'not a model');
    await expect(at('garbage')).rejects.toMatchObject({ code: 'config/model-invalid' });
  });
});

describe('TensorFlow.js', () => {
  let folder: string;
  const layer = (name: string, kernel: number[][], bias: number[], activation: string) => ({
    name,
    kernel,
    bias,
    activation,
  });
  const hidden = layer(
    'hidden',
    [
      [0.4, -0.2, 0.1],
      [0.3, 0.8, -0.5],
    ],
    [0.05, -0.1, 0.2],
    'relu',
  );
  const last = layer('probability', [[0.7], [-0.6], [0.9]], [0.15], 'sigmoid');

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
    await writeLayersModel();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** As tf.Model.save writes it: model.json and one file of weights. */
  async function writeLayersModel() {
    const tf = createRequire(import.meta.url)('@tensorflow/tfjs') as typeof import('@tensorflow/tfjs');
    await tf.setBackend('cpu');
    const model = tf.sequential();
    for (const [index, one] of [hidden, last].entries()) {
      const dense = tf.layers.dense({
        name: one.name,
        units: one.bias.length,
        activation: one.activation as 'relu',
        ...(index === 0 ? { inputShape: [2] } : {}),
      });
      model.add(dense);
      dense.setWeights([tf.tensor2d(one.kernel), tf.tensor1d(one.bias)]);
    }
    await model.save(
      tf.io.withSaveHandler(async (artifacts) => {
        const { weightData, weightSpecs, ...rest } = artifacts;
        const weightsManifest = [{ paths: ['group1-shard1of1.bin'], weights: weightSpecs }];
        await writeFile(path.join(folder, 'model.json'), JSON.stringify({ ...rest, weightsManifest }));
        await writeFile(path.join(folder, 'group1-shard1of1.bin'), Buffer.from(weightData as ArrayBuffer));
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
      }),
    );
    model.dispose();
  }

  const at = (inputs: SignatureInput[], file = 'model.json') =>
    runtime.load({
      folder,
      path: file,
      format: 'tfjs',
      signature: signature(inputs, { name: 'probability' }),
      task: 'binary-classification',
    });

  it('agrees with the arithmetic done by hand', async () => {
    const model = await at([input('a'), input('b', 'integer')]);
    const a = [0.5, -1.5, 2];
    const b = [1, 0, 3];
    const dense = (x: number[], one: typeof hidden) =>
      one.bias.map((bias, unit) =>
        x.reduce((sum, value, from) => sum + value * (one.kernel[from]?.[unit] as number), bias),
      );
    const wanted = a.map((value, row) => {
      const middle = dense([value, b[row] as number], hidden).map((unit) => Math.max(0, unit));
      return 1 / (1 + Math.exp(-(dense(middle, last)[0] as number)));
    });
    close((await model.predict(batch({ a, b }))).values, wanted);
    await model.close();
  });

  it('refuses text, another number of inputs, and weights elsewhere', async () => {
    await expect(at([input('a', 'string'), input('b')])).rejects.toThrow(
      'input a is text, which TensorFlow.js models cannot take',
    );
    await expect(at([input('a'), input('b'), input('c')])).rejects.toThrow(
      'has 2 columns, the signature has 3 for it (a, b, c)',
    );
    const model = {
      modelTopology: {},
      format: 'layers-model',
      weightsManifest: [{ paths: ['../../etc/hostname'], weights: [] }],
    };
    await writeFile(path.join(folder, 'elsewhere.json'), JSON.stringify(model));
    await expect(at([input('a'), input('b')], 'elsewhere.json')).rejects.toMatchObject({
      code: 'config/model-invalid',
    });
  });
});
