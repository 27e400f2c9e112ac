import { describe, expect, it } from 'vitest';
import { DATASET, type Edits, MODEL, MONITOR, problemsOf, validate } from './flights.ts';

const PIXELS = '  - { name: pixels, type: tensor, shape: [2, 3] }\nsplits:';
const withColumn = (line: string): Edits => ({ [DATASET]: [['splits:', `${line}\nsplits:`]] });
const messages = (edits: Edits) => problemsOf(edits).map((problem) => problem.replace(/^\S+ /, ''));

describe('a tensor column', () => {
  it('has a shape, which an input of the model takes over', () => {
    const edits: Edits = {
      [DATASET]: [['splits:', PIXELS]],
      [MODEL]: [['    - { name: hour, column: hour, type: integer }', '    - { name: image, column: pixels }']],
    };
    expect(messages(edits)).toEqual([]);
    expect(validate(edits).repository?.models[0]?.signature.inputs[0]).toEqual({
      name: 'image',
      column: 'pixels',
      type: 'float',
      shape: [2, 3],
    });
  });

  it.each([
    ['  - { name: pixels, type: tensor }', '"shape" is missing: the sizes of one row, for example [28, 28, 1]'],
    ['  - { name: x, type: float, shape: [2] }', '"shape" is for tensor columns, not for float'],
    [
      '  - { name: x, type: tensor, shape: [4096, 4096, 3] }',
      'a row would have 50331648 numbers, at most 16777216 are read',
    ],
    ['  - { name: x, type: tensor, shape: [2], role: group }', 'a tensor cannot be the group'],
    ['  - { name: x, type: category, role: weight }', 'a weight is a number, not category'],
    [
      '  - { name: x, type: float, role: weight }\n  - { name: y, type: float, role: weight }',
      'there is a weight column already',
    ],
  ])('%s: %s', (line, message) => {
    expect(messages(withColumn(line))).toContain(message);
  });

  it('is not to be had from CSV, nor fed as text', () => {
    const edits: Edits = {
      [DATASET]: [
        ['flights.parquet"\n  format: parquet', 'flights.csv"\n  format: csv'],
        ['splits:', PIXELS],
      ],
      [MODEL]: [['    - { name: hour, column: hour, type: integer }', '    - { name: pixels, type: string }']],
    };
    expect(messages(edits)).toEqual(
      expect.arrayContaining([
        'a tensor is a list of numbers, which csv cannot hold',
        'a tensor column cannot be fed as string: float or integer',
      ]),
    );
  });
});

describe('outputs', () => {
  const regression = (output: string): Edits => ({
    [MONITOR]: null,
    [DATASET]: [
      [', role: label', ''],
      ['{ name: delay, type: integer, nullable: false }', '{ name: delay, type: integer, role: label }'],
    ],
    [MODEL]: [
      ['task: binary-classification', 'task: regression'],
      ['output: { name: probability, positive: true }', `output: ${output}`],
      ['[roc_auc, log_loss, ece, accuracy]', '[rmse]'],
      [/gates:[\s\S]*/, ''],
    ],
  });

  it('of a regression may bound the value', () => {
    const edits = regression('{ name: y, interval: { lower: low, upper: high, level: 0.9 } }');
    expect(messages(edits)).toEqual([]);
    expect(validate(edits).repository?.models[0]?.signature.output).toEqual({
      name: 'y',
      interval: { lower: 'low', upper: 'high', level: 0.9 },
    });
    expect(messages(regression('{ name: y, interval: { lower: y, upper: high, level: 0.9 } }'))).toEqual([
      'value, lower and upper are three outputs, not "y", "y", "high"',
    ]);
  });

  it('of a classifier have no interval', () => {
    const edits: Edits = {
      [MODEL]: [['positive: true }', 'positive: true, interval: { lower: a, upper: b, level: 0.9 } }']],
    };
    expect(messages(edits)).toEqual(['"interval" is for regression, not for binary-classification']);
  });
});
