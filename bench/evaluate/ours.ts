/**
 * What the evaluator does between the file and the figures, in a process of its own so that its memory is its own:
 * tsx ours.ts FOLDER; prints one line of JSON.
 */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { createDuckdbDatasetReader } from '../../src/adapters/dataset/create-duckdb-dataset-reader.ts';
import { writeTable } from '../../src/adapters/dataset/write-table.ts';
import { createModelRuntime } from '../../src/adapters/model-runtime/create-model-runtime.ts';
import { judgeHoldout } from '../../src/agent/evaluate/judge-holdout.ts';
import { predictionBatches } from '../../src/agent/evaluate/prediction-batches.ts';
import { scoreHoldout } from '../../src/agent/evaluate/score-holdout.ts';
import { NO_STAGES } from '../../src/agent/evaluate/stage.ts';
import { datasetOf, modelOf } from './specs.ts';

const folder = process.argv[2] as string;
const phases: Record<string, number> = {};
async function timed<T>(name: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  phases[name] = (performance.now() - started) / 1000;
  return result;
}

const reader = createDuckdbDatasetReader({ dataRoot: folder, allow: ['file:'] });
const runtime = createModelRuntime({ workers: availableParallelism() });
const dataset = datasetOf('rows.parquet');
const model = modelOf();
const file = path.join(folder, 'rows.parquet');
const onProgress = () => {};

const started = performance.now();
const open = async (name: string) => {
  const place = path.join(folder, name);
  const { artifact, signature, task } = model;
  return { model, loaded: await runtime.load({ folder: place, ...artifact, signature, task }) };
};
const scorers = { candidate: await open('candidate'), champion: await open('champion') };
const holdout = await timed('score', () => scoreHoldout(reader, file, dataset, scorers, onProgress));
const candidate = { model, folder, digest: 'sha256:candidate', sizeBytes: 0 };
const request = { candidate, dataset, workFolder: folder, stages: NO_STAGES, onProgress };
const { metrics, slices } = await timed('metrics and slices', () => judgeHoldout(reader, request, { file, holdout }));
await timed('predictions', () =>
  writeTable(path.join(folder, 'predictions.parquet'), predictionBatches(holdout, { reader, file, dataset })),
);
const seconds = (performance.now() - started) / 1000;
for (const scorer of Object.values(scorers)) await scorer.loaded.close();
const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
const peakMb = Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024);
console.log(JSON.stringify({ seconds, phases, peakMb, slices: slices.length, metrics }));
