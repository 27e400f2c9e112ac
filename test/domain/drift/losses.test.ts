import { describe, expect, it } from 'vitest';
import { coarsen } from '../../../src/domain/drift/coarsen.ts';
import { makeProfile } from '../../../src/domain/drift/make-profile.ts';
import { LOSS_CELL, meanLosses } from '../../../src/domain/drift/mean-losses.ts';
import { numberCells } from '../../../src/domain/drift/number-cells.ts';
import { rowLosses } from '../../../src/domain/drift/row-losses.ts';
import type { Model } from '../../../src/domain/spec/valid.ts';
import { fakeModel } from '../../serve/fake-runtime.ts';

const model = fakeModel();
const judgedBy = (task: Model['task'], ...metrics: string[]): Model => ({
  ...model,
  task,
  evaluate: { ...model.evaluate, metrics },
});

describe('rowLosses', () => {
  it('takes the log loss of a model that is judged by its probabilities, and none where the answer is none', () => {
    const binary = judgedBy('binary-classification', 'accuracy', 'roc_auc');
    const found = rowLosses(binary, Float64Array.of(0.25, 0.25, 1, Number.NaN), Float64Array.of(0, 1, 0, 1), 0.5);
    expect(found?.loss).toBe('log_loss');
    expect([...found!.values]).toEqual([-Math.log(0.75), -Math.log(0.25), -Math.log(2 ** -52), Number.NaN]);
  });

  it('counts wrong decisions at the threshold where only decisions are judged', () => {
    const binary = judgedBy('binary-classification', 'f_beta@2');
    const found = rowLosses(binary, Float64Array.of(0.2, 0.3, 0.6, Number.NaN), Float64Array.of(1, 1, 0, 0), 0.3);
    expect(found).toEqual({ loss: 'zero_one', values: Float64Array.of(1, 0, 1, Number.NaN) });
  });

  it.each([
    ['rows × classes', Float64Array.of(0.5, 0.3, 0.2, 0.1, 0.2, 0.7, 0.4, 0.4, 0.2)],
    ['the chosen class', Float64Array.of(0, 2, 0)],
  ])('counts wrong classes, given %s', (_what, predictions) => {
    const found = rowLosses(judgedBy('multiclass-classification'), predictions, Float64Array.of(0, 1, 0), 0.5);
    expect(found).toEqual({ loss: 'zero_one', values: Float64Array.of(0, 1, 0) });
  });

  it('squares the error of a regression, without its interval', () => {
    const found = rowLosses(judgedBy('regression'), Float64Array.of(3, 1, 5, 7, 6, 9), Float64Array.of(1, 7.5), 0.5);
    expect(found).toEqual({ loss: 'squared_error', values: Float64Array.of(4, 0.25) });
  });

  it('has none for a ranking', () => {
    expect(rowLosses(judgedBy('ranking'), new Float64Array(2), new Float64Array(2), 0.5)).toBeUndefined();
  });
});

it('places numbers on the coarse grid as profiles do', () => {
  const values = [0, 9.99, 10, 999.9, 1000, -0.1, Number.NaN, Number.POSITIVE_INFINITY];
  const { under, over, missing } = LOSS_CELL;
  expect([...numberCells(values, { kind: 'numeric', low: 0, width: 1 })]).toEqual([
    0,
    0,
    1,
    99,
    over,
    under,
    missing,
    missing,
  ]);
  const curved = { kind: 'numeric' as const, low: Math.asinh(-5), width: 0.01, scale: { asinh: 2 } };
  const profile = coarsen(makeProfile('x', [-10, -3, 4, 8, 300], curved));
  const counts = new Map(profile.kind === 'numeric' ? profile.bins : []);
  for (const cell of numberCells([-10, -3, 4, 8, 300], curved)) expect(counts.has(cell)).toBe(true);
});

it('means losses by cell in a fixed order, and leaves out what has no loss', () => {
  const cells = ['b', 7, LOSS_CELL.missing, 'a', 7, 'b', 0];
  const losses = Float64Array.of(1, 2, 3, 4, 5, Number.NaN, Number.POSITIVE_INFINITY);
  expect(meanLosses(cells, losses)).toEqual([
    { cell: -3, rows: 1, loss: 3 },
    { cell: 7, rows: 2, loss: 3.5 },
    { cell: 'a', rows: 1, loss: 4 },
    { cell: 'b', rows: 1, loss: 1 },
  ]);
});
