/**
 * What the evaluator does between the file and the figures, in a process of its own so that its memory is its own:
 * tsx ours.ts FOLDER; prints one line of JSON.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createDuckdbDatasetReader } from '../../src/adapters/dataset/create-duckdb-dataset-reader.ts';
import { writeTable } from '../../src/adapters/dataset/write-table.ts';
import { createModelRuntime } from '../../src/adapters/model-runtime/create-model-runtime.ts';
import { predictionColumns } from '../../src/agent/evaluate/prediction-columns.ts';
import { scoreHoldout } from '../../src/agent/evaluate/score-holdout.ts';
import { evaluateRows } from '../../src/domain/evaluate/evaluate-rows.ts';
import { chooseSlices } from '../../src/domain/evaluate/slices/choose-slices.ts';
import { datasetOf, METRICS, modelOf, RESAMPLES } from './specs.ts';

const folder = process.argv[2] as string;
const phases: Record<string, number> = {};
async function timed<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  phases[name] = (performance.now() - started) / 1000;
  return result;
}

const reader = createDuckdbDatasetReader({ dataRoot: folder, allow: ['file:'] });
const runtime = createModelRuntime();
const dataset = datasetOf('rows.parquet');
const model = modelOf();
const started = performance.now();
const open = async (name: string) => ({
  model,
  loaded: await runtime.load({
    folder: path.join(folder, name),
    ...model.artifact,
    signature: model.signature,
    task: model.task,
  }),
});
const scorers = { candidate: await open('candidate'), champion: await open('champion') };
const file = path.join(folder, 'rows.parquet');
const holdout = await timed('score', () => scoreHoldout(reader, file, dataset, scorers, () => {}));
const { slices } = await timed('slices', () =>
  chooseSlices({
    categories: holdout.categories,
    numbers: holdout.numbers,
    conditions: [],
    specs: model.evaluate.slices,
    gates: [],
  }),
);
const found = await timed('metrics', () =>
  evaluateRows(holdout.scored, slices, METRICS, ['roc_auc'], { seed: 1, resamples: RESAMPLES, confidence: 0.95 }),
);
await timed('predictions', () => writeTable(path.join(folder, 'predictions.parquet'), predictionColumns(holdout)));
const seconds = (performance.now() - started) / 1000;
for (const scorer of Object.values(scorers)) await scorer.loaded.close();
const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
const peakMb = Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024);
console.log(JSON.stringify({ seconds, phases, peakMb, slices: slices.length, metrics: found.metrics }));
