import { describe, expect, test } from 'vitest';
import { governModel } from '../../../src/domain/plan/govern-model.ts';
import type { Dataset, Gate, Model } from '../../../src/domain/spec/valid.ts';
import { MODEL, snapshotOf } from '../spec/flights.ts';

function declared(change: (model: Model) => Model = (model) => model, data = (dataset: Dataset) => dataset) {
  const { models, datasets } = snapshotOf({ [MODEL]: [] }).repository;
  return { model: change(models[0]!), dataset: data(datasets[0]!) };
}

const evaluate = (more: Partial<Model['evaluate']>) => (model: Model) => ({
  ...model,
  evaluate: { ...model.evaluate, ...more },
});
const cost = (code: string) => ({ name: 'cost', command: ['python', code], code: [code], better: 'lower' as const });
const gateOn = (metric: string): Gate => ({
  ...{ kind: 'absolute', metric, max: 1, confidence: 0.95, onFail: 'block', onCannotTell: 'block' },
});

describe('what judges is the base’s', () => {
  const base = declared(
    evaluate({
      confidence: 0.99,
      resamples: 2000,
      threshold: 0.3,
      chooseThreshold: { metric: 'f_beta@2', split: 'validation' },
      costs: [
        [0, 1],
        [5, 0],
      ],
      slices: [
        { kind: 'column', column: 'origin' },
        { kind: 'where', name: 'long', where: 'distance > 1500' },
      ],
      invariances: [{ name: 'carrier', set: { carrier: "'UA'" }, tolerance: 0.01 }],
    }),
  );

  test('also where the head loosens it or leaves it out; what the head adds is looked at too', () => {
    const head = declared(
      evaluate({
        confidence: 0.5,
        threshold: 0.5,
        costs: [
          [0, 0],
          [0, 0],
        ],
        slices: [
          { kind: 'where', name: 'long', where: 'false' },
          { kind: 'column', column: 'carrier' },
        ],
        invariances: [
          { name: 'carrier', set: {}, tolerance: 1 },
          { name: 'own', set: {}, tolerance: 0 },
        ],
        discover: { columns: ['origin'], minRows: 100 },
      }),
    );
    const { model, gates, gatesProposed } = governModel(head, base);
    expect(gatesProposed).toBe(false);
    expect(gates).toBe(base.model.gates);
    expect(model.evaluate).toMatchObject({
      confidence: 0.99,
      resamples: 2000,
      threshold: 0.3,
      chooseThreshold: { metric: 'f_beta@2', split: 'validation' },
      costs: base.model.evaluate.costs,
      slices: [...base.model.evaluate.slices, { kind: 'column', column: 'carrier' }],
      invariances: [base.model.evaluate.invariances[0], { name: 'own' }],
      discover: { columns: ['origin'] },
    });
  });

  test('a threshold that the head alone would choose is not', () => {
    const head = declared(evaluate({ chooseThreshold: { metric: 'accuracy', split: 'validation' } }));
    expect(governModel(head, declared()).model.evaluate.chooseThreshold).toBeUndefined();
  });

  test('as far as its columns are still there', () => {
    const renamed = declared(evaluate({ slices: [{ kind: 'column', column: 'from' }] }), (dataset) => ({
      ...dataset,
      columns: dataset.columns.map((column) => (column.name === 'origin' ? { ...column, name: 'from' } : column)),
    }));
    const { evaluate: governed } = governModel(renamed, base).model;
    // What does not name it stays: nobody gets rid of a rule by renaming something else.
    expect(governed.slices).toEqual([base.model.evaluate.slices[1], { kind: 'column', column: 'from' }]);
    expect(governed.invariances).toEqual(base.model.evaluate.invariances);
    expect(governed.confidence).toBe(0.99);
  });

  test('metrics that its gates name are computed though the head does not list them', () => {
    const strict = { ...base, model: { ...base.model, gates: [gateOn('brier')] } };
    const { metrics } = governModel(declared(evaluate({ metrics: ['roc_auc'] })), strict).model.evaluate;
    expect(metrics).toEqual(['roc_auc', 'brier']);
  });
});

describe('a custom metric', () => {
  test('is the base’s, whatever the head makes of it', () => {
    const base = declared(evaluate({ custom: [cost('metrics/cost.py')] }));
    const head = declared(
      evaluate({ custom: [cost('mine.py'), { ...cost('mine.py'), name: 'mine' }], metrics: ['mine'] }),
    );
    const { custom, metrics } = governModel(head, base).model.evaluate;
    expect(custom).toEqual([cost('metrics/cost.py')]);
    expect(metrics).not.toContain('mine');
    expect(metrics).toContain('cost');
  });

  test('of a model that the base does not know is not run, and gates on it are left out', () => {
    const head = declared((model) => ({
      ...evaluate({ custom: [cost('mine.py')], metrics: ['roc_auc', 'cost'] })(model),
      gates: [gateOn('cost'), gateOn('brier')],
    }));
    const { model, gates, gatesProposed } = governModel(head, undefined);
    expect(gatesProposed).toBe(true);
    expect(gates).toEqual([gateOn('brier')]);
    expect(model.evaluate).toMatchObject({ custom: [], metrics: ['roc_auc', 'brier'] });
  });
});
