import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvaluationInput } from '../../../src/agent/tasks/evaluate.ts';
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
});

afterAll(() => rm(folder, { recursive: true, force: true }));

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
    },
    artifact: { path: file, format: 'onnx' },
    signature: { inputs: of, output: { name: 'probabilities', positive: true } },
    evaluate: {
      split: 'holdout',
      metrics: ['roc_auc', 'log_loss'],
      slices: [{ kind: 'column', column: 'origin' }],
      threshold: 0.5,
      resamples: 100,
      confidence: 0.95,
    },
    gates: [
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
        splits: { train: 'id < 400', holdout: more.holdout ?? 'id >= 400' },
        checks: [],
      },
      allow: ['file:'],
      candidate: artifact('sha256:aa', 'columns.onnx'),
      champion: {
        version: '0.9.0',
        model: model('matrix.onnx', inputs.slice(0, 2)),
        artifact: artifact('sha256:bb', 'matrix.onnx'),
      },
    },
    candidateFolder: MODELS,
    championFolder: MODELS,
    dataRoot: folder,
  };
};

async function evaluate(name: string, task: EvaluationInput) {
  const output = path.join(folder, name, 'output');
  await mkdir(output, { recursive: true });
  const file = path.join(folder, name, 'input.json');
  await writeFile(file, JSON.stringify(task));
  const [program, ...args] = selfCommand('evaluate-task', file, output) as [string, ...string[]];
  const ended = await run(program, args).catch((error: { code: number; stdout: string; stderr: string }) => error);
  return { output, code: 'code' in ended ? ended.code : 0, stdout: ended.stdout, stderr: ended.stderr };
}

describe('the evaluator as a process', () => {
  it('leaves evaluation, reference and predictions', async () => {
    const { output, code, stdout } = await evaluate('good', input());
    expect(code).toBe(0);
    expect(stdout).toContain('scored 500 of 500');
    expect((await readdir(output)).sort()).toEqual(['evaluation.json', 'predictions.parquet', 'reference.json']);
    const evaluation = JSON.parse(await readFile(path.join(output, 'evaluation.json'), 'utf8')) as Evaluation;
    expect(evaluation).toMatchObject({
      rows: 500,
      champion: { version: '0.9.0' },
      candidate: { serving: { sizeBytes: 1057 } },
    });
    expect(evaluation.slices.map((slice) => slice.name)).toEqual(['origin=ATL', 'origin=ORD', 'origin=SFO']);
    expect(JSON.parse(await readFile(path.join(output, 'reference.json'), 'utf8'))).toMatchObject({ rows: 400 });

    // The area under the curve again, by SQL over all pairs of what was predicted.
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const file = path.join(output, 'predictions.parquet');
    for (const model of ['candidate', 'champion'] as const) {
      const answer = await connection.runAndReadAll(`
        SELECT avg(CASE WHEN p.${model} > n.${model} THEN 1.0 WHEN p.${model} = n.${model} THEN 0.5 ELSE 0 END)
        FROM '${file}' p, '${file}' n WHERE p.label = 1 AND n.label = 0`);
      expect(evaluation.metrics[0]?.[model]?.value).toBeCloseTo(Number(answer.getRows()[0]?.[0]), 12);
    }
    connection.closeSync();
  });

  it('explains what is wrong with the data or the model', async () => {
    const overlapping = await evaluate('overlap', input({ holdout: 'id >= 399' }));
    expect(overlapping.code).toBe(2);
    expect(JSON.parse(await readFile(path.join(overlapping.output, 'error.json'), 'utf8'))).toEqual({
      code: 'config/data-invalid',
      message: 'dataset flights: 1 rows are in both holdout and train',
    });
    const broken = await evaluate('broken', input({ artifact: 'regression.onnx' }));
    expect(broken.stderr).toContain('the model cannot be used: its inputs are features float32[,2]');
  });
});
