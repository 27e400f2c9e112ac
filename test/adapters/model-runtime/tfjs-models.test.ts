import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createModelRuntime } from '../../../src/adapters/model-runtime/create-model-runtime.ts';
import { toColumn } from '../../../src/domain/data/batch-values.ts';
import type { Signature, SignatureInput } from '../../../src/domain/spec/valid.ts';

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const float = { type: 'DT_FLOAT' };
const shape = (...sizes: number[]) => ({ shape: { shape: { dim: sizes.map((size) => ({ size: String(size) })) } } });
const placeholder = (name: string, ...sizes: number[]) => ({
  name,
  op: 'Placeholder',
  attr: { dtype: float, ...shape(...sizes) },
});
const constant = (name: string) => ({ name, op: 'Const', attr: { dtype: float } });
const operation = (name: string, op: string, input: string[], attr: object = { T: float }) => ({
  name,
  op,
  input,
  attr,
});
const weight = (name: string, sizes: number[]) => ({ name, shape: sizes, dtype: 'float32' });

const KERNEL = [0.5, -1, 2];
const BIAS = 0.25;

/** sigmoid(x · kernel + bias), as TensorFlow's converter writes it. */
const graph = {
  format: 'graph-model',
  generatedBy: '2.15.0',
  modelTopology: {
    node: [
      placeholder('features', -1, 3),
      constant('kernel'),
      constant('bias'),
      operation('product', 'MatMul', ['features', 'kernel'], {
        T: float,
        transpose_a: { b: false },
        transpose_b: { b: false },
      }),
      operation('sum', 'BiasAdd', ['product', 'bias']),
      operation('probability', 'Sigmoid', ['sum']),
    ],
    versions: { producer: 1 },
  },
  signature: {
    inputs: {
      features: { name: 'features:0', dtype: 'DT_FLOAT', tensorShape: { dim: [{ size: '-1' }, { size: '3' }] } },
    },
    outputs: { probability: { name: 'probability:0', dtype: 'DT_FLOAT' } },
  },
  weightsManifest: [{ paths: ['weights.bin'], weights: [weight('kernel', [3, 1]), weight('bias', [1])] }],
};

type Weights = Buffer | 'none' | { link: string };
const SOUND = Buffer.from(Float32Array.of(...KERNEL, BIAS).buffer);

async function load(
  model: unknown,
  more: { inputs?: SignatureInput[]; weights?: Weights; output?: Signature['output'] } = {},
) {
  count += 1;
  const place = path.join(folder, `model-${count}`);
  await mkdir(place);
  const text = typeof model === 'string' ? model : JSON.stringify(model);
  await writeFile(path.join(place, 'model.json'), text);
  const { weights = SOUND } = more;
  if (Buffer.isBuffer(weights)) await writeFile(path.join(place, 'weights.bin'), weights);
  else if (weights !== 'none') await symlink(weights.link, path.join(place, 'weights.bin'));
  return createModelRuntime().load({
    folder: place,
    path: 'model.json',
    format: 'tfjs',
    signature: {
      inputs: more.inputs ?? [input('a'), input('b'), input('c')],
      output: more.output ?? { name: 'probability' },
    },
    task: 'binary-classification',
  });
}

const input = (name: string, size?: number[]): SignatureInput => ({
  name,
  column: name,
  type: 'float',
  ...(size === undefined ? {} : { shape: size }),
});

const a = [1, 0, -2];
const b = [0.5, 2, 1];
const c = [0, 1, 0.25];
const wanted = a.map(
  (one, row) =>
    1 / (1 + Math.exp(-(one * KERNEL[0]! + (b[row] as number) * KERNEL[1]! + (c[row] as number) * KERNEL[2]! + BIAS))),
);

describe('a graph model', () => {
  it('agrees with the arithmetic done by hand, again and again', async () => {
    const model = await load(graph);
    const rows = { rows: 3, columns: { a: toColumn(a), b: toColumn(b), c: toColumn(c) } };
    const first = await model.predict(rows);
    for (const [row, value] of wanted.entries()) expect(first.values[row]).toBeCloseTo(value, 6);
    expect(await model.predict(rows)).toEqual(first);
    expect(model.engine).toMatch(/^TensorFlow\.js 4\.\d+\.\d+, (wasm|tensorflow)$/);
    await model.close();
  });

  it('takes a tensor by name', async () => {
    const model = await load(graph, { inputs: [input('features', [3])] });
    const features = toColumn(a.map((one, row) => [one, b[row] as number, c[row] as number]));
    const { values } = await model.predict({ rows: 3, columns: { features } });
    for (const [row, value] of wanted.entries()) expect(values[row]).toBeCloseTo(value, 6);
    await model.close();
  });

  it('refuses a value that is missing where its answer is none', async () => {
    const model = await load(graph);
    const rows = { rows: 3, columns: { a: toColumn(a), b: toColumn([1, null, 1]), c: toColumn(c) } };
    await expect(model.predict(rows)).rejects.toMatchObject({
      message: expect.stringContaining('output probability answers NaN for row 2'),
      cause: { row: 1 },
    });
    await model.close();
  });
});

describe('a broken or hostile model', () => {
  const manifest = (paths: string[], weights: object[]) => ({ ...graph, weightsManifest: [{ paths, weights }] });

  it.each([
    ['no JSON', () => load('\u0000\u0001 not json'), 'model.json is no JSON'],
    ['no model', () => load('[1, 2]'), 'model.json is no model'],
    ['no topology', () => load({ format: 'graph-model' }), 'model.json is no model'],
    ['missing weights', () => load(graph, { weights: 'none' }), 'its weight file weights.bin is missing'],
    ['short weights', () => load(graph, { weights: SOUND.subarray(0, 9) }), 'its weights are 9 bytes, 16 are declared'],
    [
      'weights outside',
      () => load(manifest(['../../../../../etc/hostname'], [weight('kernel', [3, 1])])),
      'is outside of its folder',
    ],
    [
      'weights at an absolute path',
      () => load(manifest(['/etc/hostname'], [])),
      'its weight file /etc/hostname is missing',
    ],
    [
      'a link that leads out',
      () => load(graph, { weights: { link: '/etc/hostname' } }),
      'weights.bin is outside of its folder',
    ],
    [
      'a giant shape',
      () => load(manifest(['weights.bin'], [weight('kernel', [1e9, 1e9]), weight('bias', [1])])),
      'its weights are 16 bytes, 4000000000000000004 are declared',
    ],
    [
      'a negative shape',
      () => load(manifest(['weights.bin'], [weight('kernel', [-3, 1])])),
      'weight kernel has no sound shape',
    ],
    [
      'an unknown type',
      () => load(manifest(['weights.bin'], [{ ...weight('kernel', [3]), dtype: 'x' }])),
      'weight kernel is of type x',
    ],
    [
      'other inputs',
      () => load(graph, { inputs: [input('a')] }),
      'input features has 3 columns, the signature has 1 for it (a)',
    ],
  ] as [string, () => Promise<unknown>, string][])('with %s is refused', async (_, attempt, message) => {
    await expect(attempt()).rejects.toMatchObject({
      code: 'config/model-invalid',
      message: expect.stringContaining(message),
    });
  });

  it('with an operator that there is not is refused when it is asked', async () => {
    const node = [placeholder('features', -1, 3), operation('probability', 'Evil', ['features'])];
    const model = await load(
      { ...graph, modelTopology: { ...graph.modelTopology, node }, weightsManifest: [] },
      { weights: 'none' },
    );
    const rows = { rows: 3, columns: { a: toColumn(a), b: toColumn(b), c: toColumn(c) } };
    await expect(model.predict(rows)).rejects.toThrow("the model cannot be used: Unknown op 'Evil'");
    await model.close();
  });
});
