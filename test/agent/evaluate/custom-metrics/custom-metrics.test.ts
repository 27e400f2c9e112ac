import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withCustomMetrics } from '../../../../src/agent/evaluate/custom-metrics/compute-custom-metrics.ts';
import { predictionTable } from '../../../../src/agent/evaluate/custom-metrics/prediction-table.ts';
import { readAnswer } from '../../../../src/agent/evaluate/custom-metrics/read-answer.ts';
import type { ColumnBatch } from '../../../../src/domain/data/column-batch.ts';
import type { ScoredRows } from '../../../../src/domain/evaluate/scored-rows.ts';
import type { TableWriter } from '../../../../src/ports/dataset.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const scored: ScoredRows = {
  task: 'regression',
  rows: 3,
  width: 1,
  labels: Float64Array.of(1, 2, 3),
  weights: Float64Array.of(1, 1, 2),
  candidate: { values: Float64Array.of(1, 2, 5), threshold: 0.5 },
  champion: { values: Float64Array.of(0, 2, 3), threshold: 0.25 },
};

/** A table that a command without a library can read: JSON. */
const writeJson: TableWriter = async (target, batches) => {
  for await (const { columns } of batches) {
    const plain = Object.entries(columns).map(([name, column]) => [name, [...(column.values as Float64Array)]]);
    await writeFile(target, JSON.stringify(Object.fromEntries(plain)));
  }
};
const metric = (program: string) => ({
  name: 'off',
  command: [process.execPath, '-e', program],
  code: [],
  better: 'lower' as const,
});
const compute = (program: string, rows = scored) =>
  withCustomMetrics(rows, Int32Array.of(0, 4, 7), {
    metrics: [metric(program)],
    checkout: folder,
    workFolder: folder,
    writeTable: writeJson,
  });

describe('a custom metric', () => {
  it('is computed by its command, once a model, on the rows as they are', async () => {
    const found = await compute(`
      const { row, label, weight, prediction } = JSON.parse(fs.readFileSync(process.env.SLUICE_PREDICTIONS, 'utf8'));
      const rows = label.map((truth, i) => Math.abs(truth - prediction[i]) + Number(process.env.SLUICE_THRESHOLD));
      const total = weight.reduce((a, b) => a + b);
      console.log('rows ' + row);
      console.log(JSON.stringify({ value: rows.reduce((sum, one, i) => sum + one * weight[i], 0) / total, rows }));
      console.log('');
    `);
    expect(found.candidate.custom?.off).toEqual({ value: 1.5, rows: Float64Array.of(0.5, 0.5, 2.5) });
    expect(found.champion?.custom?.off).toEqual({ value: 0.5, rows: Float64Array.of(1.25, 0.25, 0.25) });
    expect(await readdir(folder)).not.toContain('custom-metric.parquet');
  });

  it('may print a line as long as its rows need', async () => {
    const rows = 5_000;
    const values = new Float64Array(rows);
    const many: ScoredRows = {
      task: 'regression',
      rows,
      width: 1,
      labels: values,
      candidate: { values, threshold: 0 },
    };
    const found = await compute(
      `const rows = Array.from({ length: ${rows} }, (_, i) => i / 7);
       console.log(JSON.stringify({ value: rows.reduce((a, b) => a + b) / ${rows}, rows }));`,
      many,
    );
    expect(found.candidate.custom?.off?.rows?.at(-1)).toBe(4_999 / 7);
  });

  it('knows nothing of this process but where things are', async () => {
    process.env.SLUICE_TEST_SECRET = 'ghs_secret';
    const found = await compute(`
      if (JSON.stringify(process.env).includes('ghs_secret')) throw new Error('a secret');
      if (process.cwd() !== fs.realpathSync('${folder}')) throw new Error('elsewhere');
      console.log('{"value": 1}');
    `).finally(() => delete process.env.SLUICE_TEST_SECRET);
    expect(found.candidate.custom).toEqual({ off: { value: 1 } });
  });

  it.each([
    ['fails', 'throw new RangeError("too few rows")', /it ended with exit status 1: RangeError: too few rows$/],
    ['prints nothing', '0', /it printed nothing$/],
    ['prints no JSON', 'console.log("done")', /its last line is no JSON: done$/],
  ])('that %s is told with its command', async (_, program, why) => {
    const error = await compute(program).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: 'config/invalid-input', message: expect.stringMatching(why) });
    expect((error as Error).message).toMatch(/^the custom metric off \(/);
  });

  it('that is no program is told', async () => {
    const commands = { metrics: [{ ...metric(''), command: ['./nowhere'] }], checkout: folder, workFolder: folder };
    await expect(
      withCustomMetrics(scored, Int32Array.of(0, 1, 2), { ...commands, writeTable: writeJson }),
    ).rejects.toThrow('the custom metric off (./nowhere): it cannot be started');
  });
});

describe('the answer of a command', () => {
  it('may have a score for each of very many rows', () => {
    const rows = Array.from({ length: 50_000 }, (_, row) => row / 7);
    const value = rows.reduce((sum, row) => sum + row, 0) / rows.length;
    expect(readAnswer(JSON.stringify({ value, rows }), rows.length, undefined)).toMatchObject({ value });
  });

  it.each([
    ['[1]', 'its "value" is no finite number'],
    ['7', 'its last line must be {"value": …, "rows"?: […]}'],
    ['{"value": "1"}', 'its "value" is no finite number'],
    ['{"value": 1, "rows": {}}', 'its "rows" is no list'],
    ['{"value": 1, "rows": [1]}', 'its "rows" has 1 scores for 2 rows'],
    ['{"value": 1, "rows": [1, null]}', 'score 1 of its "rows" is no finite number'],
    ['{"value": 1, "rows": [1, 2]}', 'its "value" 1 is not the mean of its "rows", 1.5'],
  ])('%s is refused: %s', (line, why) => {
    expect(readAnswer(line, 2, undefined)).toBe(why);
  });

  it('is a weighted mean where rows have weights', () => {
    expect(readAnswer('{"value": 1.75, "rows": [1, 2]}', 2, Float64Array.of(1, 3))).toMatchObject({ value: 1.75 });
    expect(readAnswer('{"value": 1.5, "rows": [1, 2]}', 2, Float64Array.of(1, 3))).toBe(
      'its "value" 1.5 is not the weighted mean of its "rows", 1.75',
    );
  });
});

describe('what a command is given', () => {
  it('has a column for each class, and groups by number', () => {
    const several: ScoredRows = {
      task: 'multiclass-classification',
      rows: 2,
      width: 2,
      labels: Float64Array.of(1, 0),
      groups: Int32Array.of(0, 0),
      candidate: { values: Float64Array.of(0.1, 0.9, 0.8, 0.2), threshold: 0.5 },
    };
    const { columns }: ColumnBatch = predictionTable(several, several.candidate, Int32Array.of(3, 9));
    const values = Object.fromEntries(Object.entries(columns).map(([name, one]) => [name, [...one.values]]));
    expect(values).toEqual({
      row: [3, 9],
      label: [1, 0],
      weight: [1, 1],
      group: [0, 0],
      prediction_0: [0.1, 0.8],
      prediction_1: [0.9, 0.2],
    });
  });
});
