/**
 * A whole evaluation (both models scored, all binary metrics with intervals, fifty slices) against onnxruntime alone
 * over the same rows, and against onnxruntime, scikit-learn and numpy doing the same work.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import type { MetricComparison } from '../src/domain/evaluate/evaluation.ts';
import { openPythonEnv } from '../test/integration/python/python-env.ts';
import type { Benchmark, BenchmarkOptions } from './benchmark.ts';
import { boostedModel } from './evaluate/boosted-model.ts';
import { agreement } from './evaluate/exact.ts';
import { floor } from './evaluate/floor.ts';
import { makeData, NUMBERS } from './evaluate/make-data.ts';
import { RESAMPLES } from './evaluate/specs.ts';

const ROWS = 1_000_000;
const TRAINING_ROWS = 20_000;
const BATCH_ROWS = 10_000;
const AIM = 2;
const PEER_AIM = 20;
/** Of the exact bootstrap: enough to know a deviation to 1 / √(2 · 200) = 5 %. */
const EXACT_RESAMPLES = 200;
/** Of the peer, whose thousand would take the better part of an hour. */
const PEER_RESAMPLES = 2;

const run = promisify(execFile);

type Ours = {
  seconds: number;
  phases: Record<string, number>;
  peakMb: number;
  slices: number;
  metrics: MetricComparison[];
};
type Peer = { scoring: number; metrics: number; resample: number; sliceResample: number };

export const evaluate: Benchmark = {
  about: 'a whole evaluation of a million rows, as a multiple of onnxruntime alone; and against scikit-learn',
  async run({ say, runs = 3 }) {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
    try {
      return await measure(folder, runs, say);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function measure(folder: string, runs: number, say: BenchmarkOptions['say']) {
  const rows = path.join(folder, 'rows.parquet');
  await makeData(rows, ROWS);
  const { features, labels } = await readMatrix(rows);
  const width = NUMBERS.length;
  const models = [];
  for (const [name, rate, seed] of [
    ['candidate', 0.12, 1],
    ['champion', 0.1, 2],
  ] as const) {
    const part = features.subarray(0, TRAINING_ROWS * width);
    const file = boostedModel(part, labels.subarray(0, TRAINING_ROWS), width, { trees: 200, depth: 6, rate, seed });
    await mkdir(path.join(folder, name));
    models.push(path.join(folder, name, 'model.onnx'));
    await writeFile(models.at(-1) as string, file);
  }
  say(`${ROWS} rows × ${width + 1} columns, two models of 200 trees of depth 6; the best of ${runs} rounds each`);

  const floors: number[] = [];
  const rounds: Ours[] = [];
  for (let round = 0; round < runs; round += 1) {
    floors.push(await floor(models, features, width, BATCH_ROWS));
    rounds.push(await ours(folder));
    say(`floor ${floors.at(-1)?.toFixed(2)} s, whole evaluation ${rounds.at(-1)?.seconds.toFixed(2)} s`);
  }
  const least = Math.min(...floors);
  const best = rounds.reduce((a, b) => (b.seconds < a.seconds ? b : a));
  for (const [phase, seconds] of Object.entries(best.phases)) say(`  ${phase.padEnd(12)}${seconds.toFixed(2)} s`);

  const agreed = await agreement(path.join(folder, 'predictions.parquet'), best.metrics, EXACT_RESAMPLES);
  for (const one of agreed) {
    const [mine, exact] = [one.ours, one.exact].map((value) => value.toExponential(3));
    say(`  ${one.metric.padEnd(18)}${one.method.padEnd(22)}±${mine}, by exact resampling ±${exact}`);
  }
  const furthest = Math.max(...agreed.map(({ ratio }) => Math.abs(ratio - 1)));
  const noise = 1 / Math.sqrt(2 * EXACT_RESAMPLES);
  const peer = await peerOf(rows, models, say);
  const ratio = best.seconds / least;
  return {
    ratio,
    aim: AIM,
    ok: ratio <= AIM && furthest < 4 * noise && (peer === undefined || peer / best.seconds >= PEER_AIM),
    seconds: best.seconds,
    rowsPerSecond: Math.round(ROWS / best.seconds),
    peakMb: best.peakMb,
    floorSeconds: least,
    slices: best.slices,
    furthestFromExact: furthest,
    exactNoise: noise,
    ...(peer === undefined
      ? { peer: 'no Python here' }
      : {
          peerSeconds: peer,
          timesFaster: peer / best.seconds,
          peerAim: PEER_AIM,
          peerResamplesMeasured: PEER_RESAMPLES,
        }),
  };
}

async function ours(folder: string): Promise<Ours> {
  const program = path.join(import.meta.dirname, 'evaluate/ours.ts');
  const { stdout } = await run(process.execPath, ['--import', import.meta.resolve('tsx'), program, folder], {
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout) as Ours;
}

/** Seconds of the Python way with all its resamples, most of them by extrapolation; undefined where there is none. */
async function peerOf(rows: string, models: string[], say: BenchmarkOptions['say']): Promise<number | undefined> {
  const requirements = await readFile(path.join(import.meta.dirname, 'evaluate/requirements.txt'), 'utf8');
  const python = await openPythonEnv(requirements.split('\n')).catch((error: Error) => {
    say(`no comparison with Python: ${error.message}`);
  });
  if (!python) return undefined;
  const program = path.join(import.meta.dirname, 'evaluate/peer.py');
  const { stdout } = await run(python.python, [program, rows, ...models, String(PEER_RESAMPLES)]);
  const peer = JSON.parse(stdout) as Peer;
  const seconds = peer.scoring + peer.metrics + RESAMPLES * (peer.resample + peer.sliceResample);
  say(
    `Python: scoring ${peer.scoring.toFixed(1)} s, a resample ${peer.resample.toFixed(2)} s, one of the slices ` +
      `${peer.sliceResample.toFixed(2)} s; with ${RESAMPLES} of each ${seconds.toFixed(0)} s`,
  );
  return seconds;
}

async function readMatrix(file: string): Promise<{ features: Float32Array; labels: Float64Array }> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const features = new Float32Array(ROWS * NUMBERS.length);
  const labels = new Float64Array(ROWS);
  const result = await connection.stream(`SELECT ${NUMBERS.join(', ')}, came FROM '${file}'`);
  for (let start = 0; ; ) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    for (const index of NUMBERS.keys()) {
      for (const [row, value] of chunk.getColumnValues(index).entries())
        features[(start + row) * NUMBERS.length + index] = Number(value);
    }
    for (const [row, value] of chunk.getColumnValues(NUMBERS.length).entries()) labels[start + row] = value ? 1 : 0;
    start += chunk.rowCount;
  }
  connection.closeSync();
  instance.closeSync();
  return { features, labels };
}
