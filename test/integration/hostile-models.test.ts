/** Models that do harm when they are run, in the evaluator as the agent starts it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { TaskRun } from '../../src/agent/task-run.ts';
import { evaluate } from '../../src/agent/tasks/evaluate.ts';
import { createUsageMeter } from '../../src/agent/usage-meter.ts';
import type { Evaluation } from '../../src/domain/evaluate/evaluation.ts';
import type { ArtifactRef } from '../../src/domain/jobs/job.ts';
import type { Column } from '../../src/domain/spec/valid.ts';
import { selfCommand } from '../../src/self-command.ts';
import { datasetOf, modelOf } from '../agent/evaluate/function-models.ts';

const GOOD = path.resolve('test/adapters/model-runtime/models/matrix.onnx');
const ENDLESS = path.resolve('test/integration/hostile-models/endless.onnx');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  const lines = Array.from({ length: 600 }, (_, row) => `${row},${row % 24},${100 + row},${(row * 7) % 24 > 12}`);
  await writeFile(path.join(folder, 'flights.csv'), `id,hour,distance,late\n${lines.join('\n')}\n`);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const model = modelOf({
  signature: {
    inputs: ['hour', 'distance'].map((name) => ({ name, column: name, type: 'float' })),
    output: { name: 'probabilities', positive: true },
  },
});

function dataset() {
  const column = (name: string, type: Column['type'], more: Partial<Column> = {}): Column => ({
    name,
    type,
    nullable: false,
    pii: false,
    ...more,
  });
  const columns = [column('hour', 'integer'), column('distance', 'float'), column('id', 'integer')];
  return {
    ...datasetOf([...columns, column('late', 'boolean', { role: 'label' })], {
      train: 'id < 200',
      holdout: 'id >= 200',
    }),
    source: { uri: 'file:flights.csv', format: 'csv' as const },
  };
}

async function artifact(file: string): Promise<ArtifactRef> {
  const content = await readFile(file);
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  return { digest, format: 'onnx', files: [{ path: 'model.onnx', digest, size: content.length }] };
}

async function run(candidate: string, champion: string | undefined, timeoutSeconds: number) {
  const files = new Map<string, string>();
  const made = async (file: string) => {
    const ref = await artifact(file);
    files.set(ref.digest, file);
    return ref;
  };
  const task = {
    kind: 'evaluate' as const,
    model,
    dataset: dataset(),
    allow: ['file:'],
    candidate: await made(candidate),
    ...(champion === undefined ? {} : { champion: { version: '1.0.0', model, artifact: await made(champion) } }),
  };
  const found = await evaluate({
    name: 'job.1',
    task,
    folder,
    dataRoot: folder,
    limits: { timeoutSeconds },
    evaluateCommand: selfCommand('evaluate-task'),
    stop: new AbortController().signal,
    log: () => {},
    download: async (digest: string) => createReadStream(files.get(digest) as string),
    usage: createUsageMeter(60_000),
  } as unknown as TaskRun<'evaluate'>);
  const file = found.find((one) => one.path === 'evaluation.json')?.file as string;
  return JSON.parse(await readFile(file, 'utf8')) as Evaluation;
}

it('a candidate that never answers ends with the time of its evaluation, and is named', async () => {
  const started = performance.now();
  await expect(run(ENDLESS, undefined, 8)).rejects.toMatchObject({
    code: 'config/model-invalid',
    message: 'The candidate took too long while answering 400 rows',
  });
  expect(performance.now() - started).toBeLessThan(20_000);
});

it('a champion that never answers costs the comparison, not the evaluation', async () => {
  const evaluation = await run(GOOD, ENDLESS, 60);
  expect(evaluation.championSkipped).toBe('it took too long while answering 400 rows');
  expect(evaluation.metrics[0]?.candidate.value).toBeGreaterThan(0);
  expect(evaluation.champion).toBeUndefined();
});

it('a candidate that never answers is told from a champion that does', async () => {
  await expect(run(ENDLESS, GOOD, 16)).rejects.toThrow('The candidate took too long while answering 400 rows');
});
