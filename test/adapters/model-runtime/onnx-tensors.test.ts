import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createModelRuntime } from '../../../src/adapters/model-runtime/create-model-runtime.ts';
import { answerInThreads } from '../../../src/adapters/model-runtime/onnx/answer-in-threads.ts';
import { type BatchValue, toColumn } from '../../../src/domain/data/batch-values.ts';
import type { ColumnBatch } from '../../../src/domain/data/column-batch.ts';
import type { Signature, SignatureInput, Task, TensorType } from '../../../src/domain/spec/valid.ts';
import { type Dim, type Element, floats, type Graph, integers, node, onnxModel, tensor, value } from './onnx-writer.ts';

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const batch = (columns: Record<string, BatchValue[]>): ColumnBatch => ({
  rows: Object.values(columns)[0]?.length ?? 0,
  columns: Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, toColumn(values)])),
});

const input = (name: string, type: TensorType = 'float', shape?: number[]): SignatureInput => ({
  name,
  column: name,
  type,
  ...(shape === undefined ? {} : { shape }),
});

type Asked = { inputs: SignatureInput[]; output?: Signature['output']; task?: Task };

async function write(content: Graph, opset?: number): Promise<string> {
  count += 1;
  const name = `model-${count}.onnx`;
  await writeFile(path.join(folder, name), onnxModel(content, opset));
  return name;
}

async function load(name: string, { inputs, output = { name: 'y' }, task = 'regression' }: Asked) {
  return createModelRuntime().load({ folder, path: name, format: 'onnx', signature: { inputs, output }, task });
}

async function answer(content: Graph, asked: Asked, rows: ColumnBatch, opset?: number): Promise<number[]> {
  const model = await load(await write(content, opset), asked);
  try {
    return [...(await model.predict(rows)).values];
  } finally {
    await model.close();
  }
}

/** Sums each row of `x` whatever its element type and shape. */
const summing = (type: Element, dims: Dim[]): Graph => ({
  nodes: [
    node('Cast', ['x'], ['f'], { to: 1 }),
    node('Flatten', ['f'], ['flat']),
    node('ReduceSum', ['flat', 'axes'], ['y'], { keepdims: 1 }),
  ],
  inputs: [value('x', type, dims)],
  outputs: [value('y', 'float32')],
  constants: [tensor('axes', 'int64', [1], integers(1))],
});

const ab = [input('a'), input('b', 'integer')];

describe('a matrix of several columns', () => {
  it.each(['float32', 'float64', 'float16', 'int64', 'int32', 'int8'] as const)('of %s', async (type) => {
    const rows = batch({ a: [1, -2, 100], b: [3, 4, -5] });
    expect(await answer(summing(type, ['n', 2]), { inputs: ab }, rows)).toEqual([4, 2, 95]);
  });

  it('of whole numbers holds all that a double tells apart', async () => {
    const identity: Graph = {
      nodes: [node('Cast', ['x'], ['y'], { to: 11 })],
      inputs: [value('x', 'int64', ['n', 1])],
      outputs: [value('y', 'float64', ['n', 1])],
    };
    const values = [2 ** 53 - 1, -(2 ** 53) + 1, 2 ** 32, -(2 ** 32) - 1, -1, 0];
    expect(await answer(identity, { inputs: [input('a', 'integer')] }, batch({ a: values }))).toEqual(values);
  });

  it('of texts, beside one of numbers', async () => {
    const graph: Graph = {
      nodes: [
        node('Equal', ['words', 'wanted'], ['same']),
        node('Cast', ['same'], ['found'], { to: 1 }),
        node('ReduceSum', ['found', 'axes'], ['hits']),
        node('ReduceSum', ['numbers', 'axes'], ['sum']),
        node('Add', ['hits', 'sum'], ['y']),
      ],
      inputs: [value('words', 'string', ['n', 2]), value('numbers', 'float32', ['n', 2])],
      outputs: [value('y', 'float32', ['n', 1])],
      constants: [tensor('axes', 'int64', [1], integers(1)), tensor('wanted', 'string', [1], { strings: ['ATL'] })],
    };
    const inputs = [input('from', 'string'), input('a'), input('to', 'string'), input('b')];
    const rows = batch({ from: ['ATL', null, 'ORD'], to: ['ATL', 'ATL', 'x'], a: [10, 20, 30], b: [0.5, 0, 0] });
    expect(await answer(graph, { inputs }, rows, 19)).toEqual([12.5, 21, 30]);
  });

  it('refuses what its numbers cannot hold', async () => {
    const ask = (a: BatchValue[], type: Element = 'int8') =>
      answer(summing(type, ['n', 1]), { inputs: [input('a', 'integer')] }, batch({ a }));
    await expect(ask([1, 200])).rejects.toThrow('input a takes whole numbers (int8), column a holds 200');
    await expect(ask([1, null])).rejects.toThrow('column a has missing values');
    await expect(ask([0.5], 'int64')).rejects.toThrow('column a holds 0.5');
    await expect(ask([2], 'bool')).rejects.toThrow('input a takes 0 and 1, column a holds 2');
  });
});

describe('a tensor a row', () => {
  const picture = (shape: number[]) => [input('x', 'float', shape)];
  const two = batch({ x: [Array.from({ length: 6 }, (_, index) => index), [1, 1, 1, 1, 1, null]] });

  it('is fed in the shape that the model wants, if that keeps the order of the numbers', async () => {
    const rows = batch({
      x: [
        [0, 1, 2, 3, 4, 5],
        [1, 1, 1, 1, 1, 0],
      ],
    });
    for (const [dims, shape] of [
      [
        ['n', 2, 3],
        [2, 3],
      ],
      [
        ['n', 1, 2, 3],
        [2, 3, 1],
      ],
      [
        ['n', 6],
        [2, 3],
      ],
      [
        ['n', 'h', 'w'],
        [2, 3],
      ],
      [['n', 'steps', 1], [6]],
    ] as [Dim[], number[]][])
      expect(await answer(summing('float32', dims), { inputs: picture(shape) }, rows)).toEqual([15, 5]);
    await expect(answer(summing('float32', ['n', 2, 3]), { inputs: picture([2, 3]) }, two)).rejects.toThrow(
      'output y answers NaN for row 2',
    );
  });

  it('is refused in a shape that would mix its numbers up, or of another size', async () => {
    await expect(load(await write(summing('float32', ['n', 3, 2])), { inputs: picture([2, 3]) })).rejects.toThrow(
      'input x takes [rows, 3, 2], column x has a tensor [2, 3] a row',
    );
    await expect(load(await write(summing('float32', ['n', 7])), { inputs: picture([2, 3]) })).rejects.toThrow(
      'input x takes [rows, 7], column x has a tensor [2, 3] a row',
    );
    const wrong = batch({ x: [[1, 2, 3]] });
    await expect(answer(summing('float32', ['n', 2, 3]), { inputs: picture([2, 3]) }, wrong)).rejects.toThrow(
      'input x takes 6 numbers a row, column x has 3',
    );
  });

  it('of bytes', async () => {
    const bytes = [input('x', 'integer', [3])];
    const ask = (x: number[]) => answer(summing('uint8', ['n', 3]), { inputs: bytes }, batch({ x: [x] }));
    expect(await ask([255, 0, 1])).toEqual([256]);
    await expect(ask([256, 0, 0])).rejects.toThrow('input x takes whole numbers (uint8), column x holds 256');
  });
});

describe('outputs', () => {
  const identity = (outputs: [string, Dim[]][], type: Element = 'float32'): Graph => ({
    nodes: outputs.map(([name]) =>
      node('Cast', ['x'], [name], { to: type === 'float16' ? 10 : type === 'int64' ? 7 : 1 }),
    ),
    inputs: [value('x', 'float32', ['n', outputs[0]?.[1][1] ?? 1])],
    outputs: outputs.map(([name, dims]) => value(name, type, dims)),
  });

  it('take the second of two probabilities for the positive class', async () => {
    const asked: Asked = { inputs: ab, task: 'binary-classification', output: { name: 'y', positive: 1 } };
    const rows = batch({ a: [0.25, 1], b: [0.75, 0] });
    const inputs = [input('a'), input('b')];
    expect(await answer(identity([['y', ['n', 2]]]), { ...asked, inputs }, rows)).toEqual([0.75, 0]);
  });

  it('give an interval as value, lower, upper', async () => {
    const graph: Graph = {
      nodes: [node('Identity', ['x'], ['y']), node('Sub', ['x', 'one'], ['low']), node('Add', ['x', 'one'], ['high'])],
      inputs: [value('x', 'float32', ['n', 1])],
      outputs: ['y', 'low', 'high'].map((name) => value(name, 'float32', ['n', 1])),
      constants: [tensor('one', 'float32', [1], floats(1))],
    };
    const output = { name: 'y', interval: { lower: 'low', upper: 'high', level: 0.9 } };
    const model = await load(await write(graph), { inputs: [input('a')], output });
    expect(await model.predict(batch({ a: [5, 7] }))).toEqual({
      rows: 2,
      width: 3,
      values: Float64Array.of(5, 4, 6, 7, 6, 8),
    });
    await model.close();
  });

  it('may be in half precision', async () => {
    const rows = batch({ a: [0.1, 65504, -6e-8] });
    const found = await answer(identity([['y', ['n', 1]]], 'float16'), { inputs: [input('a')] }, rows);
    // numpy.float16([.1, 65504, -6e-8])
    expect(found).toEqual([0.0999755859375, 65504, -(2 ** -24)]);
  });

  it('must be probabilities of a classifier, not its decision', async () => {
    const asked: Asked = { inputs: [input('a')], task: 'binary-classification' };
    await expect(load(await write(identity([['y', ['n', 1]]], 'int64')), asked)).rejects.toThrow(
      'output y is int64: a decision, and probabilities are expected',
    );
  });

  it('must be finite, and the row is named', async () => {
    const rows = batch({ a: [1, Number.POSITIVE_INFINITY] });
    await expect(answer(identity([['y', ['n', 1]]]), { inputs: [input('a')] }, rows)).rejects.toMatchObject({
      message: expect.stringContaining('output y answers Infinity for row 2'),
      cause: { row: 1 },
    });
  });
});

describe('what does not fit', () => {
  it('is named all at once, with what the model takes and what the signature gives', async () => {
    const graph: Graph = {
      nodes: [node('Identity', ['a'], ['y'])],
      inputs: [value('a', 'string', ['n', 1]), value('b', 'float32', [1, 4])],
      outputs: [value('y', 'string', ['n', 1])],
    };
    await expect(load(await write(graph), { inputs: [input('a'), input('b'), input('c')] })).rejects.toThrow(
      'the model cannot be used: its inputs do not fit the signature: input a is string in the model and float in the ' +
        'signature; input b takes exactly 1 rows at once: export the model with a free first dimension; the model has ' +
        'no input for c. The model takes a string[rows, 1], b float32[1, 4]; the signature gives a float, b float, ' +
        'c float. An input takes the column of its name, a matrix all others in their order',
    );
  });
});

describe('threads', () => {
  it('answer large batches as the caller would, and pass on what is refused', async () => {
    const name = await write(summing('float32', ['n', 2]));
    const asked: Asked = { inputs: [input('a'), input('b')] };
    const here = await load(name, asked);
    const model = { file: path.join(folder, name), signature: { ...asked, output: { name: 'y' } }, task: 'regression' };
    const threaded = answerInThreads(model as Parameters<typeof answerInThreads>[0], here, 2, 0);
    const numbers = Array.from({ length: 5_000 }, (_, row) => row / 7);
    const rows = batch({ a: numbers, b: [...numbers].reverse(), unused: numbers });
    const answers = await Promise.all([1, 2, 3].map(() => threaded.predict(rows)));
    for (const found of answers) expect(found).toEqual(await here.predict(rows));
    const broken = batch({ a: numbers.map((one, row) => (row === 4_321 ? null : one)), b: numbers });
    await expect(threaded.predict(broken)).rejects.toMatchObject({
      code: 'config/model-invalid',
      message: expect.stringContaining('answers NaN for row 4322'),
      cause: { row: 4_321 },
    });
    await threaded.close();
  });
});
