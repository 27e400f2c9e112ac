import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeTable } from '../../../src/adapters/dataset/write-table.ts';
import { evaluateMain } from '../../../src/agent/evaluate/evaluate-main.ts';
import type { EvaluationInput } from '../../../src/agent/tasks/evaluate.ts';
import { evaluatorParts } from '../../../src/compose-parts.ts';
import { toColumn } from '../../../src/domain/data/batch-values.ts';
import type { Evaluation } from '../../../src/domain/evaluate/evaluation.ts';
import { selfCommand } from '../../../src/self-command.ts';

const run = promisify(execFile);
const MODELS = path.resolve('test/adapters/model-runtime/models');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  const origins = ['ATL', 'ORD', 'SFO'];
  const lines = Array.from({ length: 900 }, (_, row) => {
    const hour = (row * 7) % 24;
    const late = hour + ((row * 13) % 11) > 18 ? 1 : 0;
    return `${row},${hour},${100 + ((row * 37) % 2500)},${origins[row % 3]},${late}`;
  });
  await writeFile(path.join(folder, 'flights.csv'), `id,hour,distance,origin,late\n${lines.join('\n')}\n`);
  for (const name of ['columns.onnx', 'matrix.onnx', 'regression.onnx'])
    await cp(path.join(MODELS, name), path.join(folder, 'models', name));
  // What scikit-learn itself predicts with the model that columns.onnx is made of.
  const { rows, columns } = JSON.parse(await readFile(path.join(MODELS, 'expected.json'), 'utf8')) as Expected;
  const table = { hour: toColumn(rows.hour), distance: toColumn(rows.distance), origin: toColumn(rows.origin) };
  await writeTable(path.join(folder, 'models', 'check.parquet'), [
    { rows: columns.length, columns: { ...table, prediction: toColumn(columns) } },
  ]);
  await mkdir(path.join(folder, 'metrics'));
  await writeFile(path.join(folder, 'metrics', 'late-cost.mjs'), LATE_COST);
});

type Expected = { rows: { hour: number[]; distance: number[]; origin: string[] }; columns: number[] };

/** Being late and not said to be costs ten times what a false alarm does. */
const LATE_COST = `
  import { createRequire } from 'node:module';
  const { DuckDBInstance } = createRequire(${JSON.stringify(path.resolve('package.json'))})('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const answer = await connection.runAndReadAll(\`
    SELECT CASE WHEN label = 1 AND prediction < \${process.env.SLUICE_THRESHOLD} THEN 10
                WHEN label = 0 AND prediction >= \${process.env.SLUICE_THRESHOLD} THEN 1 ELSE 0 END
    FROM '\${process.env.SLUICE_PREDICTIONS}'\`);
  const rows = answer.getRows().map(([score]) => Number(score));
  console.log('reading predictions');
  console.log(JSON.stringify({ value: rows.reduce((sum, row) => sum + row, 0) / rows.length, rows }));
`;

afterAll(() => rm(folder, { recursive: true, force: true }));

const decided = { confidence: 0.95, onFail: 'block', onCannotTell: 'approval' } as const;

const input = (more: { holdout?: string; artifact?: string } = {}): EvaluationInput => {
  const inputs = (
    [
      ['hour', 'integer'],
      ['distance', 'float'],
      ['origin', 'string'],
    ] as const
  ).map(([name, type]) => ({ name, column: name, type }));
  const column = (name: string, type: 'integer' | 'float' | 'category' | 'boolean') => ({
    name,
    type,
    nullable: false,
    pii: false,
  });
  const model = (file: string, of: typeof inputs): EvaluationInput['task']['model'] => ({
    kind: 'Model',
    name: 'late',
    path: 'models/late/model.yaml',
    task: 'binary-classification',
    dataset: 'flights',
    train: {
      runner: 'local',
      command: ['x'],
      code: [],
      params: {},
      resources: { gpu: 0, memoryBytes: 0, timeoutSeconds: 1 },
      seed: 1,
      repeats: 1,
    },
    artifact: { path: file, format: 'onnx' },
    signature: { inputs: of, output: { name: 'probabilities', positive: true } },
    evaluate: {
      split: 'holdout',
      metrics: ['roc_auc', 'log_loss'],
      slices: [{ kind: 'column', column: 'origin' }],
      threshold: 0.5,
      chooseThreshold: { metric: 'f1', split: 'validation' },
      custom: [{ name: 'late_cost', command: [process.execPath, 'metrics/late-cost.mjs'], code: [], better: 'lower' }],
      discover: { columns: ['origin', 'hour'], minRows: 50 },
      invariances: [{ name: 'longer', set: { distance: 'distance + 1' }, tolerance: 0.05 }],
      resamples: 100,
      confidence: 0.95,
    },
    gates: [
      { kind: 'memory', maxRatio: 10, confidence: 0.95, onFail: 'block', onCannotTell: 'block' },
      {
        kind: 'slice',
        metric: 'roc_auc',
        slice: '*',
        minRows: 100,
        min: 0.4,
        confidence: 0.95,
        onFail: 'block',
        onCannotTell: 'approval',
      },
      { kind: 'fairness', rate: 'selection_rate', by: 'origin', minRows: 50, maxDifference: 1, ...decided },
      { kind: 'throughput', batch: 8, min: 1, ...decided },
    ],
  });
  const artifact = (digest: string, file: string) => ({
    digest,
    format: 'onnx' as const,
    files: [{ path: file, digest, size: 1057 }],
  });
  return {
    task: {
      kind: 'evaluate',
      model: model(more.artifact ?? 'columns.onnx', inputs),
      dataset: {
        kind: 'Dataset',
        name: 'flights',
        path: 'data/flights.yaml',
        source: { uri: 'file:flights.csv', format: 'csv' },
        columns: [
          column('hour', 'integer'),
          column('distance', 'float'),
          column('origin', 'category'),
          { ...column('late', 'boolean'), role: 'label', sql: 'late = 1' },
          column('id', 'integer'),
        ],
        splits: {
          train: 'id < 300',
          validation: 'id >= 300 AND id < 400',
          holdout: more.holdout ?? 'id >= 400',
        },
        checks: [],
      },
      allow: ['file:'],
      candidate: artifact('sha256:aa', 'columns.onnx'),
      repeats: [{ seed: 2, artifact: artifact('sha256:cc', 'columns.onnx') }],
      champion: {
        version: '0.9.0',
        model: model('matrix.onnx', inputs.slice(0, 2)),
        artifact: artifact('sha256:bb', 'matrix.onnx'),
      },
    },
    candidateFolder: path.join(folder, 'models'),
    championFolder: path.join(folder, 'models'),
    repeatFolders: [path.join(folder, 'models')],
    metricsCheckout: folder,
    stageFile: path.join(folder, 'stage.json'),
    dataRoot: folder,
  };
};

async function prepare(name: string, task: EvaluationInput) {
  const output = path.join(folder, name, 'output');
  await mkdir(output, { recursive: true });
  const file = path.join(folder, name, 'input.json');
  await writeFile(file, JSON.stringify(task));
  return { file, output };
}

/** In a process, as the agent starts it. */
async function evaluate(name: string, task: EvaluationInput) {
  const { file, output } = await prepare(name, task);
  const [program, ...args] = selfCommand('evaluate-task', file, output) as [string, ...string[]];
  const { stdout } = await run(program, args);
  return { output, stdout };
}

/** Within the test, without the processes that measure memory. */
async function evaluateHere(name: string, task: EvaluationInput) {
  const { file, output } = await prepare(name, task);
  const code = await evaluateMain({ ...(await evaluatorParts()), probeCommand: ['false'] }, file, output);
  return { output, code };
}

async function evaluationIn(output: string): Promise<Evaluation> {
  return JSON.parse(await readFile(path.join(output, 'evaluation.json'), 'utf8')) as Evaluation;
}

describe('the evaluator', () => {
  let good: { output: string; stdout: string };
  beforeAll(async () => {
    good = await evaluate('good', input());
  });

  it('leaves evaluation, reference and predictions', async () => {
    const { output, stdout } = good;
    expect(stdout).toContain('scored 500 of 500');
    expect((await readdir(output)).sort()).toEqual(['evaluation.json', 'predictions.parquet', 'reference.json']);
    const evaluation = await evaluationIn(output);
    expect(evaluation).toMatchObject({ rows: 500, unlabelled: 0, champion: { version: '0.9.0' } });
    expect(evaluation.slices.map((slice) => slice.name)).toEqual(['origin=ATL', 'origin=ORD', 'origin=SFO']);
    expect(evaluation.fairness).toMatchObject([{ by: 'origin', rate: 'selection_rate' }]);
    expect(evaluation.discovery?.looked).toBeGreaterThan(0);
    expect(JSON.parse(await readFile(path.join(output, 'reference.json'), 'utf8'))).toMatchObject({ rows: 300 });
    expect(evaluation.seeds).toMatchObject({ seeds: [1, 2], metrics: [{ metric: 'roc_auc', deviation: 0 }, {}] });

    const { serving } = evaluation;
    expect(serving).not.toHaveProperty('probeFailed');
    expect(serving.candidate.sizeBytes).toBe(1057);
    expect(serving.candidate.throughput.map((one) => one.batch)).toEqual([1, 8, 32, 256, 1_000]);
    for (const cost of [serving.candidate, serving.champion]) {
      expect(cost?.memoryBytes).toBeGreaterThan(2 ** 20);
      expect(cost?.coldStartMs).toBeGreaterThan(1);
    }
    for (const ratio of [serving.ratios?.p50, serving.ratios?.memory, serving.ratios?.coldStart])
      expect(ratio?.lower).toBeLessThanOrEqual(ratio?.upper as number);

    // The area under the curve again, by SQL over all pairs of what was predicted.
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const file = path.join(output, 'predictions.parquet');
    for (const model of ['candidate', 'champion'] as const) {
      const answer = await connection.runAndReadAll(`
        SELECT avg(CASE WHEN p.${model} > n.${model} THEN 1.0 WHEN p.${model} = n.${model} THEN 0.5 ELSE 0 END)
        FROM '${file}' p, '${file}' n WHERE p.label = 1 AND n.label = 0`);
      expect(evaluation.metrics[0]?.[model]?.value).toBeCloseTo(Number(answer.getRows()[0]?.[0]), 12);
    }
    // The custom metric as well, at the thresholds that were chosen on another split.
    const custom = evaluation.metrics.find((one) => one.metric === 'late_cost');
    for (const model of ['candidate', 'champion'] as const) {
      const threshold = evaluation.threshold[model] as number;
      const answer = await connection.runAndReadAll(`
        SELECT avg(CASE WHEN label = 1 AND ${model} < ${threshold} THEN 10
          WHEN label = 0 AND ${model} >= ${threshold} THEN 1 ELSE 0 END) FROM '${file}'`);
      expect(custom?.[model]?.value).toBeCloseTo(Number(answer.getRows()[0]?.[0]), 12);
    }
    expect(custom?.difference?.lower).not.toBeNull();
    connection.closeSync();
  });

  it('says what the model bears, and that it answers as it did in its training framework', async () => {
    const { robustness } = await evaluationIn(good.output);
    expect(robustness.behaviour.map(({ check, verdict }) => `${check}: ${verdict}`)).toEqual([
      'missing: pass',
      'out-of-range: pass',
      'determinism: pass',
    ]);
    expect(robustness.invariances).toMatchObject([{ name: 'longer', rows: 500, changed: { value: 0 } }]);
    expect(robustness.agreement?.rows).toBe(8);
    expect(robustness.agreement?.largest).toBeLessThan(1e-6);
    expect(robustness.predictionDrift?.distance).toBeGreaterThan(0);
  });

  it('gives the same bytes for the same input, but for what serving costs', async () => {
    const bytes = async (output: string) => {
      const { serving: _, ...rest } = await evaluationIn(output);
      return [
        JSON.stringify(rest),
        await readFile(path.join(output, 'reference.json'), 'utf8'),
        (await readFile(path.join(output, 'predictions.parquet'))).toString('base64'),
      ];
    };
    const again = await evaluateHere('again', input());
    expect(await bytes(again.output)).toEqual(await bytes(good.output));
  });

  it('explains what is wrong with the data, the model or a command', async () => {
    const errorOf = async (name: string, task: EvaluationInput) => {
      const { output, code } = await evaluateHere(name, task);
      expect(code).toBe(2);
      return JSON.parse(await readFile(path.join(output, 'error.json'), 'utf8')) as { code: string; message: string };
    };
    expect(await errorOf('overlap', input({ holdout: 'id >= 299' }))).toEqual({
      code: 'config/data-invalid',
      message: 'dataset flights: 1 rows are in both holdout and train',
    });
    expect(await errorOf('tuned', input({ holdout: 'id >= 399' }))).toEqual({
      code: 'config/data-invalid',
      message: 'dataset flights: 1 rows are in both validation and holdout',
    });
    const { message } = await errorOf('broken', input({ artifact: 'regression.onnx' }));
    expect(message).toContain('the model cannot be used: its inputs do not fit the signature');
    expect((await errorOf('no-command', { ...input(), metricsCheckout: path.join(folder, 'models') })).message).toMatch(
      /^the custom metric late_cost \(.*late-cost\.mjs\): it ended with exit status 1: Error: Cannot find module/,
    );
  });
});
