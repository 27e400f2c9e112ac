import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Contestant, type EvaluationRequest, evaluateModel } from '../../../src/agent/evaluate/evaluate-model.ts';
import { AppError } from '../../../src/domain/errors.ts';
import type { Evaluation } from '../../../src/domain/evaluate/evaluation.ts';
import { canonicalJson } from '../../../src/domain/fingerprint/canonical-json.ts';
import type { Json } from '../../../src/domain/json.ts';
import type { Column, Dataset, Gate, Model, SliceSpec } from '../../../src/domain/spec/valid.ts';
import { createMemoryDatasetReader, type Row } from '../../fakes/memory-dataset-reader.ts';
import { type Answer, datasetOf, functionRuntime, modelOf } from './function-models.ts';

let workFolder: string;
beforeAll(async () => {
  workFolder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
});
afterAll(() => rm(workFolder, { recursive: true, force: true }));

const column = (name: string, type: Column['type'], more: Partial<Column> = {}): Column => ({
  name,
  type,
  nullable: true,
  pii: false,
  ...more,
});

const dataset = datasetOf([
  column('income', 'float'),
  column('region', 'category'),
  column('household', 'category', { role: 'group' }),
  column('secret', 'category', { pii: true }),
  column('paid', 'boolean', { role: 'label' }),
]);
const ungrouped: Dataset = { ...dataset, columns: dataset.columns.filter((one) => one.role !== 'group') };

// 200 rows: paid when income is 100 or more, but for every tenth row.
const people: Row[] = Array.from({ length: 200 }, (_, index) => ({
  income: index,
  region: ['north', 'south', 'west'][index % 3] as string,
  household: String(index >> 1),
  secret: `person-${index % 2}`,
  paid: index % 10 === 0 ? index < 100 : index >= 100,
}));

const input = (name: string) => ({ name, column: name, type: 'float' as const });

const good: Answer = (row) => [1 / (1 + Math.exp(-((row.income as number) - 99.5) / 20))];
const blind: Answer = () => [0.5];

const contestant = (folder: string, model: Model): Contestant => ({
  model,
  folder,
  digest: `sha256:${folder}`,
  sizeBytes: 10,
});

async function evaluate(options: {
  candidate?: { model: Model; folder?: string };
  champion?: { model: Model; folder?: string };
  models?: Record<string, Answer>;
  rows?: Row[];
  over?: Dataset;
  splits?: Record<string, Row[]>;
  more?: Partial<EvaluationRequest>;
}) {
  const runtime = functionRuntime({ good, blind, ...options.models });
  const promised: unknown[] = [];
  const outcome = await evaluateModel(
    {
      reader: createMemoryDatasetReader({
        splits: { holdout: options.rows ?? people, train: people.slice(0, 3), ...options.splits },
        conditions: {
          'income > 150': (row) => (row.income as number) > 150,
          'income > 198': (row) => (row.income as number) > 198,
        },
      }),
      runtime,
      makeReference: async (asked) => {
        promised.push(...asked.promised);
        return {
          version: 2,
          rows: 3,
          columns: [],
          prediction: {
            column: 'p',
            rows: 0,
            kind: 'categorical',
            counts: [],
            other: 0,
            unseen: 0,
            nulls: 0,
            measure: { of: 'value', column: 'p' },
          },
          groups: [],
          promised: asked.promised,
        };
      },
      writeTable: async () => {},
      probeCommand: ['false'],
    },
    {
      candidate: contestant(options.candidate?.folder ?? 'good', options.candidate?.model ?? modelOf()),
      ...(options.champion === undefined
        ? {}
        : {
            champion: { ...contestant(options.champion.folder ?? 'blind', options.champion.model), version: '1.0.0' },
          }),
      dataset: options.over ?? ungrouped,
      workFolder,
      onProgress: () => {},
      ...options.more,
    },
  );
  expect(runtime.open.size).toBe(0);
  return { ...outcome, promised };
}

describe('a candidate and its champion', () => {
  it('are scored on the same rows', async () => {
    const { evaluation, promised } = await evaluate({ champion: { model: modelOf() } });
    expect(evaluation).toMatchObject({
      rows: 200,
      champion: { version: '1.0.0', digest: 'sha256:blind' },
      candidate: { digest: 'sha256:good' },
      serving: { candidate: { sizeBytes: 10 }, champion: { sizeBytes: 10 } },
    });
    // 180 of 200 rows follow the rule; the champion says 0.5 everywhere, so yes to all: 100 of 200.
    const [accuracy] = evaluation.metrics;
    expect(accuracy).toMatchObject({ metric: 'accuracy', candidate: { value: 0.9 }, champion: { value: 0.5 } });
    expect(accuracy?.difference?.lower).toBeGreaterThan(0.2);
    const { from: _, ...candidate } = (accuracy as Evaluation['metrics'][number]).candidate;
    expect(promised).toEqual([{ metric: 'accuracy', ...candidate }]);
    expect(evaluation.curves.roc?.champion).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  it('give the same evaluation each time, but for the timing', async () => {
    const timeless = async () => {
      const { evaluation } = await evaluate({ champion: { model: modelOf() } });
      return canonicalJson({ ...evaluation, serving: null } as unknown as Json);
    };
    expect(await timeless()).toBe(await timeless());
  });

  it.each([
    ['one row', 1, () => 1],
    ['two rows', 2, () => 1],
    ['weights that are mostly 0', 30, (row: number) => (row % 15 === 0 ? 1e-300 : 0)],
    ['weights far apart', 12, (row: number) => 10 ** (row % 2 === 0 ? 150 : -150)],
  ])('leave nothing that JSON cannot hold in the evaluation of %s', async (_, count, weight) => {
    const over = datasetOf([...ungrouped.columns, column('weight', 'float', { role: 'weight' })]);
    const metrics = ['accuracy', 'roc_auc', 'pr_auc', 'log_loss', 'brier', 'f1', 'precision', 'recall', 'mcc'];
    for (const answer of [good, () => [1]] as Answer[]) {
      const model = modelOf({
        evaluate: { metrics, slices: [{ kind: 'column', column: 'region' }] },
        gates: [{ kind: 'fairness', by: 'region', rate: 'selection_rate', minRows: 1 } as Gate],
      });
      const rows = people.slice(90, 90 + count).map((row, index) => ({ ...row, weight: weight(index) }));
      const { evaluation, holdout } = await evaluate({
        candidate: { model, folder: 'odd' },
        champion: { model },
        models: { odd: answer },
        rows,
        over,
      });
      expect(holdout.scored.rows).toBe(count);
      expect(() => canonicalJson(evaluation)).not.toThrow();
    }
  });

  it.each([
    ['0 in every row', () => 0, 'the weight weight is 0 in every row with a label, so that none counts'],
    ['endless in sum', () => 1.7e308, 'the weight weight is too large: the sum over all rows is no finite number'],
  ])('are not compared by weights that are %s', async (_, weight, message) => {
    const over = datasetOf([...ungrouped.columns, column('weight', 'float', { role: 'weight' })]);
    const rows = people.map((row) => ({ ...row, weight: weight() }));
    await expect(evaluate({ rows, over })).rejects.toMatchObject({ code: 'config/data-invalid', message });
  });

  it('may read different columns', async () => {
    const byRegion: Answer = (row) => [row.region === 'north' ? 0.9 : 0.1];
    const { evaluation } = await evaluate({
      champion: { model: modelOf({ signature: { inputs: [input('region')] } }), folder: 'byRegion' },
      models: { byRegion },
    });
    const expected = people.filter((row) => (row.region === 'north') === row.paid).length / 200;
    expect(evaluation.metrics[0]?.champion?.value).toBeCloseTo(expected, 12);
  });

  it.each([
    [
      'needs a column that is gone',
      { model: modelOf({ signature: { inputs: [input('income'), input('age')] } }) },
      'it needs age, which dataset loans no longer has',
    ],
    ['solves another task', { model: modelOf({ task: 'regression' }) }, 'it solves another task (regression)'],
    [
      'means another class',
      { model: modelOf({ signature: { output: { name: 'p', positive: false } } }) },
      'its positive class is false, not true',
    ],
    ['cannot be loaded', { model: modelOf(), folder: 'garbage' }, 'the model cannot be used: it is garbage'],
  ] as [string, { model: Model; folder?: string }, string][])(
    'are not compared when the champion %s',
    async (_, champion, why) => {
      const { evaluation } = await evaluate({ champion });
      expect(evaluation.championSkipped).toBe(why);
      expect(evaluation.champion).toBeUndefined();
      expect(evaluation.metrics[0]).not.toHaveProperty('difference');
    },
  );

  it('are not compared when the champion breaks on a row', async () => {
    const breaking: Answer = () => {
      throw new AppError('config/model-invalid', 'it answers NaN for a row');
    };
    const { evaluation } = await evaluate({ champion: { model: modelOf(), folder: 'breaking' }, models: { breaking } });
    expect(evaluation).toMatchObject({
      championSkipped: 'it answers NaN for a row',
      metrics: [{ candidate: { value: 0.9 } }],
    });
    expect(evaluation.metrics[0]).not.toHaveProperty('champion');
  });

  it('are compared class by class when they order the classes differently', async () => {
    const classes = ['a', 'b', 'c'];
    const rows = people.map((row) => ({ ...row, paid: classes[(row.income as number) % 3] as string }));
    const right: Answer = (row) => [0, 1, 2].map((index) => ((row.income as number) % 3 === index ? 0.8 : 0.1));
    const turned: Answer = (row) => [2, 0, 1].map((index) => ((row.income as number) % 3 === index ? 0.8 : 0.1));
    const of = (names: string[]) =>
      modelOf({ task: 'multiclass-classification', signature: { output: { name: 'p', classes: names } } });
    const { evaluation } = await evaluate({
      candidate: { model: of(classes), folder: 'right' },
      champion: { model: of(['c', 'a', 'b']), folder: 'turned' },
      models: { right, turned },
      rows,
    });
    expect(evaluation.metrics[0]).toMatchObject({ candidate: { value: 1 }, champion: { value: 1 } });
    expect(evaluation.curves.confusion).toEqual({
      classes,
      candidate: [
        [67, 0, 0],
        [0, 67, 0],
        [0, 0, 66],
      ],
    });
  });
});

describe('rows', () => {
  it('without a label are left out, and the rest keep their place', async () => {
    const rows = people.map((row, index) => (index % 4 === 0 ? { ...row, paid: null } : row));
    const { evaluation, holdout } = await evaluate({
      rows,
      candidate: { model: modelOf({ evaluate: { slices: [{ kind: 'where', name: 'rich', where: 'income > 150' }] } }) },
    });
    expect(evaluation.rows).toBe(150);
    expect([...holdout.places.slice(0, 5)]).toEqual([1, 2, 3, 5, 6]);
    // 151 to 199 but for those that 4 divides: 49 − 12.
    expect(evaluation.slices).toMatchObject([{ name: 'rich', rows: 37 }]);
  });

  it('of a group are resampled together', async () => {
    const width = async (over: Dataset) => {
      const { evaluation } = await evaluate({ over, candidate: { model: modelOf() } });
      const { lower, upper } = evaluation.metrics[0]?.candidate ?? {};
      return (upper as number) - (lower as number);
    };
    expect(await width(dataset)).not.toBe(await width(ungrouped));
  });

  it('are needed', async () => {
    await expect(evaluate({ rows: [] })).rejects.toThrow('split holdout of loans has no rows');
    await expect(evaluate({ rows: people.map((row) => ({ ...row, paid: null })) })).rejects.toThrow(
      'no row with a label',
    );
  });
});

describe('slices', () => {
  const gate = (slice: string, minRows: number): Gate => ({
    kind: 'slice',
    metric: 'brier',
    slice,
    minRows,
    min: 0,
    confidence: 0.95,
    onFail: 'block',
    onCannotTell: 'approval',
  });

  it('are the categories that a gate finds large enough, with what it measures; nothing private', async () => {
    const slices: SliceSpec[] = [
      { kind: 'column', column: 'region' },
      { kind: 'column', column: 'secret' },
      { kind: 'where', name: 'rich', where: 'income > 150' },
      { kind: 'where', name: 'few', where: 'income > 198' },
    ];
    const { evaluation } = await evaluate({
      candidate: { model: modelOf({ evaluate: { slices }, gates: [gate('*', 67)] }) },
    });
    expect(evaluation.slices.map((slice) => [slice.name, slice.rows])).toEqual([
      ['region=north', 67],
      ['region=south', 67],
      ['rich', 49],
    ]);
    expect(evaluation.slicesLeftOut).toBe(2);
    expect(evaluation.slices[0]?.metrics.map((one) => one.metric)).toEqual(['accuracy', 'brier']);
  });

  it('that a gate names are there though they are small', async () => {
    const model = modelOf({
      evaluate: { slices: [{ kind: 'column', column: 'region' }] },
      gates: [gate('region=west', 500)],
    });
    const { evaluation } = await evaluate({ candidate: { model } });
    expect(evaluation.slices.map((slice) => slice.name)).toEqual(['region=west']);
  });
});

describe('thresholds', () => {
  const by = { metric: 'accuracy', split: 'validation' };
  // Paid from 50 on: what is best here is not what is best on the holdout.
  const validation = people.map((row) => ({ ...row, paid: (row.income as number) >= 50 }));
  const score = (income: number) => 1 / (1 + Math.exp(-(income - 99.5) / 20));
  const half: Answer = (row) => [(good(row)[0] as number) / 2];

  it('are chosen on their split, each model its own, and hold on the holdout', async () => {
    const { evaluation, holdout, reference } = await evaluate({
      splits: { validation },
      candidate: { model: modelOf({ evaluate: { chooseThreshold: by } }) },
      champion: { model: modelOf({ evaluate: { threshold: 0.9 } }), folder: 'half' },
      models: { half },
    });
    const { candidate, champion, chosen } = evaluation.threshold;
    expect(chosen).toEqual(by);
    expect(reference.threshold).toBe(candidate);
    expect(candidate).toBeGreaterThan(score(49));
    expect(candidate).toBeLessThanOrEqual(score(50));
    expect(champion).toBeCloseTo(candidate / 2, 6);
    expect(holdout.scored.champion?.threshold).toBe(champion);
    const decided = people.filter((row) => (row.income as number) >= 50 === row.paid).length / 200;
    expect(evaluation.metrics[0]).toMatchObject({ candidate: { value: decided }, champion: { value: decided } });
  });

  it('are the champion’s own where the candidate does not choose', async () => {
    const { evaluation } = await evaluate({
      splits: { validation },
      champion: { model: modelOf({ evaluate: { chooseThreshold: by } }), folder: 'half' },
      models: { half },
    });
    expect(evaluation.threshold.candidate).toBe(0.5);
    expect(evaluation.threshold.champion).toBeLessThan(score(50) / 2 + 1e-9);
    expect(evaluation.threshold).not.toHaveProperty('chosen');
  });

  it('need rows to be chosen on', async () => {
    const candidate = { model: modelOf({ evaluate: { chooseThreshold: by } }) };
    await expect(evaluate({ candidate })).rejects.toThrow('split validation of loans has no rows');
  });
});

describe('trainings with other seeds', () => {
  it('are measured beside the candidate', async () => {
    const { evaluation } = await evaluate({
      candidate: { model: modelOf({ train: { seed: 5, repeats: 3 } }) },
      models: { other: (row) => [(row.income as number) >= 110 ? 1 : 0] },
      more: {
        repeats: [
          { seed: 6, folder: 'blind' },
          { seed: 7, folder: 'other' },
        ],
      },
    });
    const [accuracy] = evaluation.seeds?.metrics ?? [];
    expect(evaluation.seeds?.seeds).toEqual([5, 6, 7]);
    // 100 to 109 are now denied: nine of the ten were right.
    expect(accuracy?.values).toEqual([0.9, 0.5, 0.86]);
    // numpy.std([0.9, 0.5, 0.86], ddof=1) of NumPy 2.4.6
    expect(accuracy?.deviation).toBeCloseTo(0.22030282189144404, 12);
  });

  it('that cannot be used are told by their seed', async () => {
    const more = { repeats: [{ seed: 9, folder: 'garbage' }] };
    await expect(evaluate({ more })).rejects.toThrow('the training with seed 9: the model cannot be used');
  });
});

describe('what is left out', () => {
  it('is a champion that broke the evaluator before', async () => {
    const { evaluation } = await evaluate({ more: { championSkipped: 'it took too long while loading' } });
    expect(evaluation.championSkipped).toBe('it took too long while loading');
  });

  it('are custom metrics that the base branch cannot compute', async () => {
    const said: string[] = [];
    const custom = [{ name: 'profit', command: ['x'], code: [], better: 'higher' as const }];
    const { evaluation } = await evaluate({
      candidate: { model: modelOf({ evaluate: { custom } }) },
      more: { onProgress: (line) => said.push(line) },
    });
    expect(evaluation.metrics.map((one) => one.metric)).toEqual(['accuracy']);
    expect(said).toContain('profit: left out, since the base branch has no command for them yet');
  });
});

describe('gates ask for', () => {
  const decided = { confidence: 0.95, onFail: 'block', onCannotTell: 'approval' } as const;

  it('rates by group and a search for bad slices, both only of what may be shown', async () => {
    const fair = { kind: 'fairness', rate: 'selection_rate', maxDifference: 0.1, ...decided } as const;
    const gates: Gate[] = [
      { ...fair, by: 'region', minRows: 70 },
      { ...fair, by: 'region', minRows: 60 },
      { ...fair, by: 'secret', minRows: 10 },
      { kind: 'discovered', metric: 'brier', noWorseThan: 0.1, ...decided },
    ];
    const model = modelOf({ evaluate: { discover: { columns: ['region', 'secret', 'income'], minRows: 40 } }, gates });
    const { evaluation } = await evaluate({ candidate: { model }, champion: { model: modelOf() } });
    expect(evaluation.fairness.map(({ by, groups }) => [by, groups.length])).toEqual([['region', 3]]);
    expect(evaluation.discovery?.metric).toBe('brier');
    expect(JSON.stringify(evaluation)).not.toContain('person-');
  });
});
