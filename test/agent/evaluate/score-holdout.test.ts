import { describe, expect, it } from 'vitest';
import { type Scorers, scoreHoldout } from '../../../src/agent/evaluate/score-holdout.ts';
import { valueAt } from '../../../src/domain/data/batch-values.ts';
import { AppError } from '../../../src/domain/errors.ts';
import type { Column, Dataset, Model } from '../../../src/domain/spec/valid.ts';
import type { LoadedModel } from '../../../src/ports/model-runtime.ts';
import { createMemoryDatasetReader, type Row } from '../../fakes/memory-dataset-reader.ts';
import { type Answer, datasetOf, functionModel, type ModelChanges, modelOf } from './function-models.ts';

const column = (name: string, type: Column['type'], more: Partial<Column> = {}): Column => ({
  name,
  type,
  nullable: true,
  pii: false,
  ...more,
});

const COLUMNS = [
  column('income', 'float'),
  column('region', 'category'),
  column('urban', 'boolean'),
  column('secret', 'category', { pii: true }),
  column('household', 'text', { role: 'group' }),
  column('share', 'float', { role: 'weight' }),
  column('paid', 'boolean', { role: 'label' }),
];

// 25,000 rows are three batches; every fifth row has no label.
const people: Row[] = Array.from({ length: 25_000 }, (_, row) => ({
  income: row % 1_000 === 7 ? null : row,
  region: row % 3 === 0 ? null : ['north', 'south'][row % 2]!,
  urban: row % 4 === 0,
  secret: 'x',
  household: row % 10 === 1 ? null : String(row >> 2),
  share: 1 + (row % 2),
  paid: row % 5 === 0 ? null : row % 2 === 0,
}));
const labelled = people.flatMap((row, place) => (row.paid === null ? [] : [place]));

const scaled: Answer = (row) => [((row.income as number | null) ?? 0) / 25_000];

async function score(
  scorers: Partial<Scorers> & { answer?: Answer; changes?: ModelChanges },
  rows = people,
  dataset: Dataset = datasetOf(COLUMNS),
) {
  const reader = createMemoryDatasetReader({ splits: { holdout: rows } });
  await reader.materialise(dataset, 'holdout', 'file');
  const { answer = scaled, changes, ...others } = scorers;
  const candidate = { model: modelOf(changes), loaded: functionModel(['income'], answer) };
  const seen: number[] = [];
  const holdout = await scoreHoldout(reader, 'file', dataset, { candidate, ...others }, (done) => seen.push(done));
  return { ...holdout, seen };
}

const model = (answer: Answer, changes?: ModelChanges) => ({
  model: modelOf(changes),
  loaded: functionModel(['income'], answer),
});

describe('a scored holdout', () => {
  it('has the rows with a label, in their order, with group, weight and place', async () => {
    const found = await score({});
    expect(found.unlabelled).toBe(5_000);
    expect(found.scored.rows).toBe(20_000);
    expect([...found.places]).toEqual(labelled);
    expect([...found.scored.labels]).toEqual(labelled.map((place) => (people[place]!.paid === true ? 1 : 0)));
    expect([...found.scored.candidate.values]).toEqual(
      labelled.map((place) => Number(people[place]!.income ?? 0) / 25_000),
    );
    expect([...found.scored.weights!]).toEqual(labelled.map((place) => people[place]!.share));
    expect(found).toMatchObject({ groupedBy: 'household', weightedBy: 'share', numbers: [], categories: [] });
    const groups = found.scored.groups!;
    expect(new Set(groups).size).toBe(Math.max(...groups) + 1);
    const [of2, of3, none] = [2, 3, 1].map((place) => groups[labelled.indexOf(place)]);
    expect(of2).toBe(of3);
    expect(groups.filter((group) => group === none)).toHaveLength(1);
    expect(found.seen).toEqual([10_000, 20_000, 25_000]);
  });

  it('keeps the columns that slices, bins, the discovery and fairness gates name, but no personal ones', async () => {
    const gate = { kind: 'fairness', rate: 'selection_rate', by: 'region' } as Model['gates'][number];
    const found = await score({
      changes: {
        evaluate: {
          slices: [
            { kind: 'column', column: 'urban' },
            { kind: 'column', column: 'secret' },
            { kind: 'quantiles', column: 'share', count: 2 },
          ],
          discover: { columns: ['income', 'region'], minRows: 100 },
        },
        gates: [gate],
      },
    });
    expect(found.categories.map(({ column }) => column)).toEqual(['urban', 'region']);
    expect(found.numbers.map(({ column }) => column)).toEqual(['share', 'income']);
    const [urban, region] = found.categories;
    expect(urban!.values).toEqual(['false', 'true']);
    expect(Array.from(region!.codes, (code) => region!.values[code] ?? null)).toEqual(
      labelled.map((place) => people[place]!.region),
    );
    const income = found.numbers[1]!.values;
    expect(Array.from(income, (value) => (Number.isNaN(value) ? null : value))).toEqual(
      labelled.map((place) => people[place]!.income),
    );
  });

  it('has a sample of the first rows', async () => {
    const few = people.slice(0, 10);
    expect((await score({}, few)).sample.rows).toBe(8);
    const { sample } = await score({});
    expect(sample.rows).toBe(2_000);
    expect(valueAt(sample.columns.income!, 1_999)).toBe(labelled[1_999]);
  });

  it('compares with a champion and with trainings of other seeds', async () => {
    const champion = model(() => [0.25]);
    const found = await score({ champion, repeats: [model(() => [0.5]), model(() => [0.75])] });
    expect(new Set(found.scored.champion!.values)).toEqual(new Set([0.25]));
    expect(found.repeats.map((values) => [values.length, values[0]])).toEqual([
      [20_000, 0.5],
      [20_000, 0.75],
    ]);
  });

  it('leaves out a champion that fails, and says at which row', async () => {
    const broken: LoadedModel = {
      predict: async () => {
        throw new AppError('config/model-invalid', 'it answers NaN for row 3', { cause: { row: 2 } });
      },
      close: async () => {},
    };
    const found = await score({ champion: { model: modelOf(), loaded: broken } });
    expect(found.scored.champion).toBeUndefined();
    // The third labelled row is the fourth of the split.
    expect(found.championFailed).toBe('it answers NaN for row 4 of the split');
    await expect(score({ repeats: [{ model: modelOf(), loaded: broken }] })).rejects.toThrow('row 4 of the split');
  });

  it("puts the champion's classes into the candidate's order", async () => {
    const classes = (names: string[]): ModelChanges => ({
      task: 'multiclass-classification',
      signature: { output: { name: 'p', classes: names } },
    });
    const columns = [column('income', 'float'), column('kind', 'category', { role: 'label' })];
    const rows: Row[] = [
      { income: 1, kind: 'a' },
      { income: 2, kind: 'c' },
    ];
    const champion = model(() => [0.1, 0.2, 0.7], classes(['c', 'a', 'b']));
    const found = await score(
      { answer: () => [1, 0, 0], changes: classes(['a', 'b', 'c']), champion },
      rows,
      datasetOf(columns),
    );
    expect([...found.scored.labels]).toEqual([0, 2]);
    expect([...found.scored.champion!.values]).toEqual([0.2, 0.7, 0.1, 0.2, 0.7, 0.1]);
  });

  it('tells no interval of a champion that gives none', async () => {
    const columns = [column('income', 'float'), column('next', 'float', { role: 'label' })];
    const interval: ModelChanges = {
      task: 'regression',
      signature: { output: { name: 'y', interval: { lower: 'l', upper: 'u', level: 0.9 } } },
    };
    const rows: Row[] = [{ income: 1, next: 2 }];
    const champion = model(() => [7], { task: 'regression', signature: { output: { name: 'y' } } });
    const found = await score({ answer: () => [5, 4, 6], changes: interval, champion }, rows, datasetOf(columns));
    expect(found.scored.width).toBe(3);
    expect([...found.scored.champion!.values]).toEqual([7, Number.NaN, Number.NaN]);
  });

  it.each([
    ['no label at all', [{ income: 1, paid: null }], {}, 'has no row with a label'],
    ['a negative weight', [{ income: 1, share: -1, paid: true }], {}, 'the weight share is -1 in a row'],
    ['a missing weight', [{ income: 1, share: null, paid: true }], {}, 'the weight share is missing in a row'],
    ['a text for a number', [{ share: 1, paid: 'yes' }], { task: 'regression' }, 'the labels are texts, not numbers'],
    [
      'an endless number',
      [{ share: 1, paid: 1 / 0 }],
      { task: 'regression' },
      'the label Infinity is not a finite number',
    ],
    ['a negative relevance', [{ share: 1, paid: -1 }], { task: 'ranking' }, 'the label -1 is no relevance'],
    [
      'an unknown class',
      [{ share: 1, paid: 'z' }],
      { task: 'multiclass-classification', signature: { output: { name: 'p', classes: ['a'] } } },
      "a label is none of the model's 1 classes",
    ],
  ] as [string, Row[], ModelChanges, string][])('is refused with %s', async (_, rows, changes, message) => {
    await expect(score({ changes }, rows)).rejects.toMatchObject({
      code: 'config/data-invalid',
      message: expect.stringContaining(message),
    });
  });
});
