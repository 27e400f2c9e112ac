import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDuckdbDatasetReader } from '../../../../src/adapters/dataset/create-duckdb-dataset-reader.ts';
import { writeTable } from '../../../../src/adapters/dataset/write-table.ts';
import { checkAgreement } from '../../../../src/agent/evaluate/robustness/check-agreement.ts';
import { tryDeterminism } from '../../../../src/agent/evaluate/robustness/try-determinism.ts';
import { tryInvariance } from '../../../../src/agent/evaluate/robustness/try-invariance.ts';
import { tryMissing } from '../../../../src/agent/evaluate/robustness/try-missing.ts';
import { tryOutOfRange } from '../../../../src/agent/evaluate/robustness/try-out-of-range.ts';
import { toColumn } from '../../../../src/domain/data/batch-values.ts';
import type { ColumnBatch } from '../../../../src/domain/data/column-batch.ts';
import { AppError } from '../../../../src/domain/errors.ts';
import type { Column, SignatureInput } from '../../../../src/domain/spec/valid.ts';
import { type Answer, datasetOf, functionModel, modelOf } from '../function-models.ts';

const inputs: SignatureInput[] = [
  { name: 'age_in', column: 'age', type: 'integer' },
  { name: 'income_in', column: 'income', type: 'float' },
  { name: 'region_in', column: 'region', type: 'string' },
];
const column = (name: string, type: Column['type'], more: Partial<Column> = {}): Column => ({
  name,
  type,
  nullable: true,
  pii: false,
  ...more,
});
const columns = [column('age', 'integer'), column('income', 'float'), column('region', 'category')];
const sample: ColumnBatch = {
  rows: 40,
  columns: {
    age: toColumn(Array.from({ length: 40 }, (_, row) => 20 + row)),
    income: toColumn(Array.from({ length: 40 }, (_, row) => 100.5 * row)),
    region: toColumn(Array.from({ length: 40 }, (_, row) => (row % 2 ? 'north' : 'south'))),
  },
};
const scorer = (answer: Answer) => ({
  model: modelOf({ signature: { inputs } }),
  loaded: functionModel(['age', 'income', 'region'], answer),
});
const unfit = (message: string) => new AppError('config/model-invalid', message);

describe('missing values', () => {
  it('are borne by a model that answers something finite', async () => {
    const found = await tryMissing(
      scorer((row) => [row.income === null ? 0.1 : 0.9]),
      datasetOf(columns),
      sample,
    );
    expect(found).toEqual([{ check: 'missing', verdict: 'pass', evidence: '3 inputs may be missing, one at a time' }]);
  });

  it('are not borne where the answer is no number or a refusal, and the input is named', async () => {
    const odd = scorer((row) => {
      if (row.age === null) throw unfit('input age_in takes whole numbers, column age has missing values');
      return [(row.income as number | null) ?? Number.NaN];
    });
    expect(await tryMissing(odd, datasetOf(columns), sample)).toEqual([
      {
        check: 'missing',
        input: 'age_in',
        verdict: 'fail',
        evidence: 'without age_in, input age_in takes whole numbers, column age has missing values',
      },
      {
        check: 'missing',
        input: 'income_in',
        verdict: 'fail',
        evidence: 'without income_in, it answers NaN for a row',
      },
    ]);
  });

  it('do not matter where the dataset lets no row lack a value', async () => {
    const strict = [column('age', 'integer', { nullable: false }), ...columns.slice(1)];
    const needsAge = scorer((row) => {
      if (row.age === null) throw unfit('no age');
      return [0.5];
    });
    expect(await tryMissing(needsAge, datasetOf(strict), sample)).toEqual([
      {
        check: 'missing',
        verdict: 'pass',
        evidence: '2 inputs may be missing, one at a time; age_in it needs, and the dataset lets no row lack it',
      },
    ]);
  });

  it('are no reason to hide a fault of ours', async () => {
    const broken = scorer(() => {
      throw new TypeError('a bug');
    });
    await expect(tryMissing(broken, datasetOf(columns), sample)).rejects.toThrow('a bug');
  });
});

describe('values out of range', () => {
  it('are asked for far below and above what is declared or seen, whole where the input is', async () => {
    const seen = { age: new Set<unknown>(), income: new Set<unknown>(), region: new Set<unknown>() };
    const noting = scorer((row) => {
      for (const name of ['age', 'income', 'region'] as const) seen[name].add(row[name]);
      return [0.5];
    });
    const declared = [column('age', 'integer', { min: 0, max: 120 }), ...columns.slice(1)];
    const [found] = await tryOutOfRange(noting, datasetOf(declared), sample);
    expect(found).toMatchObject({ check: 'out-of-range', verdict: 'pass' });
    const ages = [...seen.age] as number[];
    expect([Math.min(...ages), Math.max(...ages)]).toEqual([-1_200, 1_320]);
    const incomes = [...seen.income] as number[];
    // 0 to 3,919.5, ten times that beyond
    expect([Math.min(...incomes), Math.max(...incomes)]).toEqual([-39_195, 43_114.5]);
    expect(seen.region.size).toBe(3);
  });

  it('that are not borne are told with the value', async () => {
    const overflowing = scorer((row) => {
      if (row.region !== 'north' && row.region !== 'south') throw unfit('unknown category');
      return [Math.exp((row.income as number) / 10)];
    });
    expect(await tryOutOfRange(overflowing, datasetOf(columns), sample)).toEqual([
      {
        check: 'out-of-range',
        input: 'income_in',
        verdict: 'fail',
        evidence: 'income_in = 43114.5: it answers Infinity for a row',
      },
      {
        check: 'out-of-range',
        input: 'region_in',
        verdict: 'fail',
        evidence: 'region_in = a text that it has not seen: unknown category',
      },
    ]);
  });
});

describe('determinism', () => {
  it('holds for a function of the row', async () => {
    const found = await tryDeterminism(
      scorer((row) => [(row.income as number) / 5_000]),
      sample,
    );
    expect(found).toMatchObject([{ verdict: 'pass' }]);
  });

  it('fails where the same batch is answered otherwise the second time', async () => {
    let calls = 0;
    const found = await tryDeterminism(
      scorer(() => {
        calls += 1;
        return [calls / 1e9];
      }),
      sample,
    );
    expect(found).toEqual([
      { check: 'determinism', verdict: 'fail', evidence: 'asked again, 40 of 40 rows get another answer' },
    ]);
  });

  it('fails where the answer depends on the other rows of the batch', async () => {
    const { model } = scorer(() => [0]);
    const relative = {
      model,
      loaded: {
        predict: async (batch: ColumnBatch) => {
          const values = batch.columns.age?.values as Float64Array;
          const mean = values.reduce((sum, value) => sum + value, 0) / batch.rows;
          return { rows: batch.rows, width: 1, values: values.map((value) => value - mean) };
        },
        close: async () => {},
      },
    };
    expect(await tryDeterminism(relative, sample)).toMatchObject([
      { verdict: 'fail', evidence: 'in batches of 1, 40 values of 40 rows are others' },
    ]);
  });
});

describe('on files', () => {
  let folder: string;
  let file: string;
  const reader = createDuckdbDatasetReader({ dataRoot: '/' });
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
    file = path.join(folder, 'holdout.parquet');
    await writeTable(file, [sample]);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const byAge = scorer((row) => [(row.age as number) / 100 + (row.region === 'north' ? 0.2 : 0)]);

  it('an invariance counts the rows that it changes and those whose answer moves', async () => {
    const set = { age: 'CASE WHEN age < 30 THEN age + 1 WHEN age < 40 THEN age + 5 ELSE age END' };
    const found = await tryInvariance(
      { reader, file, rows: 40, dataset: datasetOf(columns) },
      byAge,
      { name: 'older', set, tolerance: 0.02 },
      0.95,
    );
    // 20 to 29 move by .01, 30 to 39 by .05, the others are left alone.
    expect(found).toMatchObject({ name: 'older', rows: 20, changed: { value: 0.5 }, tolerance: 0.02 });
    expect(found.largest).toBeCloseTo(0.05, 12);
    // Wilson, 10 of 20, 95 %: scipy.stats.binomtest(10, 20).proportion_ci(method='wilson') of SciPy 1.17.1
    expect(found.changed.lower).toBeCloseTo(0.2992980081982124, 12);
    expect(found.changed.upper).toBeCloseTo(0.7007019918017876, 12);
  });

  it('an invariance is tried on ten thousand rows from all of a long file, batch by batch', async () => {
    const long = path.join(folder, 'long.parquet');
    const many = Array.from({ length: 25_000 }, (_, row) => row);
    const age = toColumn(many);
    await writeTable(long, [
      {
        rows: 25_000,
        columns: { age, income: age, region: toColumn(many.map((row) => (row % 2 ? 'north' : 'south'))) },
      },
    ]);
    // Rows that hold pictures come in smaller batches.
    const pictures = datasetOf([...columns, column('picture', 'float', { shape: [1_000] })]);
    for (const dataset of [datasetOf(columns), pictures]) {
      // As of a file that is sorted by time: only the last fifth is changed by more than is tolerated.
      const older = {
        name: 'older',
        set: { age: 'CASE WHEN age < 20000 THEN age + 1 ELSE age + 50 END' },
        tolerance: 0.02,
      };
      const found = await tryInvariance({ reader, file: long, rows: 25_000, dataset }, byAge, older, 0.95);
      expect(found).toMatchObject({ rows: 10_000, changed: { value: 0.2 } });
    }
  });

  it('an invariance of rows that belong together tells as much as there are groups', async () => {
    const copied = path.join(folder, 'copied.parquet');
    const rows = Array.from({ length: 400 }, (_, row) => Math.floor(row / 10));
    const people = {
      age: toColumn(rows.map((of) => 20 + of)),
      income: toColumn(rows),
      region: toColumn(rows.map(() => 'x')),
    };
    await writeTable(copied, [{ rows: 400, columns: { ...people, who: toColumn(rows.map((of) => `p${of}`)) } }]);
    const dataset = datasetOf([...columns, column('who', 'category', { role: 'group' })]);
    const older = { name: 'older', set: { age: 'CASE WHEN age < 40 THEN age + 1 ELSE age + 5 END' }, tolerance: 0.02 };
    const found = await tryInvariance({ reader, file: copied, rows: 400, dataset }, byAge, older, 0.95);
    expect(found).toMatchObject({ rows: 400, changed: { value: 0.5 } });
    // Wilson, 20 of 40 people, 95 %: scipy.stats.binomtest(20, 40).proportion_ci(method='wilson') of SciPy 1.17.1
    expect(found.changed.lower).toBeCloseTo(0.35199526933465386, 9);
    expect(found.changed.upper).toBeCloseTo(0.6480047306653461, 9);
  });

  it('an invariance of texts holds where the model does not look at them', async () => {
    const blind = scorer(() => [0.5]);
    const set = { region: "replace(region, 'north', 'south')" };
    const found = await tryInvariance(
      { reader, file, rows: 40, dataset: datasetOf(columns) },
      blind,
      { name: 'moved', set, tolerance: 0 },
      0.95,
    );
    expect(found).toMatchObject({ rows: 20, changed: { value: 0 }, largest: 0 });
  });

  it.each([
    ['changes nothing', { region: 'region' }, 'it changes no input of the model in any row'],
    ['is no expression', { region: '(SELECT 1)' }, /is not accepted: subquery is not allowed/],
    ['names no column', { region: 'nowhere' }, /there is no column nowhere/],
  ] as const)('an invariance that %s was not tried', async (_, set, why) => {
    const found = await tryInvariance(
      { reader, file, rows: 40, dataset: datasetOf(columns) },
      byAge,
      { name: 'odd', set, tolerance: 0 },
      0.95,
    );
    expect(found).toMatchObject({ rows: 0, failed: expect.stringMatching(why) });
  });

  it('the predictions of the training framework are compared with ours', async () => {
    const own = { age: toColumn([20, 30, 40]), income: toColumn([1, 2, 3]), region: toColumn(['south', 'north', 'x']) };
    const check = path.join(folder, 'check.parquet');
    await writeTable(check, [{ rows: 3, columns: { ...own, prediction: toColumn([0.2, 0.5, 0.43]) } }]);
    const found = await checkAgreement(reader, datasetOf(columns), byAge, folder);
    expect(found?.rows).toBe(3);
    expect(found?.largest).toBeCloseTo(0.03, 12);
    expect(found?.mean).toBeCloseTo(0.01, 12);
    await writeTable(check, [{ rows: 3, columns: own }]);
    expect(await checkAgreement(reader, datasetOf(columns), byAge, folder)).toMatchObject({
      rows: 0,
      failed: expect.stringContaining('there is no column prediction'),
    });
    await rm(check);
    expect(await checkAgreement(reader, datasetOf(columns), byAge, folder)).toBeUndefined();
  });
});
