import { describe, expect, it } from 'vitest';
import type { Model } from '../../src/domain/spec/valid.ts';
import { describeModel, toBatch, toLogged, toOutput } from '../../src/serve/tensors.ts';
import { fakeModel } from './fake-runtime.ts';

const pictures: Model = {
  ...fakeModel(),
  signature: {
    inputs: [{ name: 'image', column: 'pixels', type: 'float', shape: [2, 1, 3] }],
    output: { name: 'y' },
  },
};

const image = (shape: number[], data: unknown[]) =>
  toBatch([{ name: 'image', shape, datatype: 'FP32', data }], pictures);

describe('a tensor in a request', () => {
  it('may be nested or flat, with or without its sizes of 1', () => {
    const wanted = { kind: 'tensors', size: 6, values: Float64Array.of(1, 2, 3, 4, 5, 6) };
    for (const [shape, data] of [
      [
        [1, 2, 1, 3],
        [1, 2, 3, 4, 5, 6],
      ],
      [
        [1, 2, 3],
        [
          [
            [1, 2, 3],
            [4, 5, 6],
          ],
        ],
      ],
      [
        [1, 6],
        [1, 2, 3, 4, 5, 6],
      ],
    ] as [number[], unknown[]][])
      expect(image(shape, data)).toEqual({ rows: 1, columns: { pixels: wanted } });
  });

  it.each([
    [[1, 3, 2], [1, 2, 3, 4, 5, 6], 'shape of image must be [rows, 2, 1, 3] or [rows, 6]'],
    [[1], [1], 'shape of image must be [rows, 2, 1, 3] or [rows, 6]'],
    [[2, 6], [1, 2, 3, 4, 5, 6], 'image has 6 values, shape [2, 6], and the request 2 rows'],
  ])('of shape %j is refused', (shape, data, message) => {
    expect(() => image(shape, data)).toThrow(message);
  });

  it('is described', () => {
    expect(describeModel(pictures, ['1'])).toMatchObject({ inputs: [{ name: 'image', shape: [-1, 2, 1, 3] }] });
  });
});

it('answers an interval as three values a row and logs the first of them', () => {
  const interval = { lower: 'low', upper: 'high', level: 0.9 };
  const model: Model = { ...pictures, task: 'regression', signature: { inputs: [], output: { name: 'y', interval } } };
  const predictions = { rows: 2, width: 3, values: Float64Array.of(5, 4, 9, 7, 6, 8) };
  expect(toOutput(model, predictions)).toMatchObject({ shape: [2, 3], data: [5, 4, 9, 7, 6, 8] });
  expect(toLogged(model, predictions)).toEqual([{ prediction: 5 }, { prediction: 7 }]);
  expect(describeModel(model, [])).toMatchObject({ outputs: [{ shape: [-1, 3] }] });
});
