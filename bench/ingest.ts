/**
 * Observations posted over HTTP until they are on disk: the server in one process, who sends them in another, on the same
 * machine. First at a fixed rate, with a kill -9 in the middle, then as fast as it goes, in turns with a process that
 * appends the bodies to a file with an fsync each (./ingest/floor.ts).
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { createIngestProcess, type IngestProcess } from '../test/integration/ingest/ingest-process.ts';
import { readLog } from '../test/web/read-log.ts';
import type { Benchmark, BenchmarkOptions, BenchmarkResult } from './benchmark.ts';
import type { Order, Report } from './ingest/generate.ts';
import { quantile } from './quantile.ts';

const SECONDS = 60;
const RATE = 10_000;
const ROWS = 200;
/**
 * A floor that also reads the JSON and writes it again takes two to five times the floor's time, the more the sooner the
 * disk has it (readingRatio is against that one). The rest is for judging each value, for a digest, and for Parquet that is made on the same two cores meanwhile.
 */
const AIM = 5;
const ROUNDS = 3;
const CONNECTIONS = 8;

export const ingest: Benchmark = {
  about: `${RATE} observations/s for ${SECONDS} s (--runs: seconds) through a kill -9; aim: ${AIM} times the floor's time a batch`,
  run,
};

async function run({ runs: seconds = SECONDS, say }: BenchmarkOptions): Promise<BenchmarkResult> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-bench-ingest-'));
  const server = await createIngestProcess(folder);
  try {
    await server.launch();
    const sustained = await sustain(server, seconds, say);
    const found = await count(server);
    say(`${found.rows} rows found, ${found.ids} of them different, ${sustained.rows} acknowledged`);
    const turns = await takeTurns(server, folder, Math.max(2, seconds / 6), say);
    const ratio = round(turns.floor / turns.ours);
    const lost = sustained.rows - found.ids;
    const doubled = found.rows - found.ids;
    const rate = Math.round(sustained.rows / sustained.seconds);
    return {
      ratio,
      aim: AIM,
      ok: ratio <= AIM && lost === 0 && doubled === 0 && rate >= 0.99 * RATE,
      rowsPerSecond: rate,
      seconds: round(sustained.seconds),
      rows: sustained.rows,
      lost,
      doubled,
      rowsPerBatch: ROWS,
      batchBytes: sustained.bodyBytes,
      p50Ms: round(sustained.p50Ms),
      p99Ms: round(sustained.p99Ms),
      repeatedBatches: sustained.repeated,
      longestMs: Math.round(sustained.longestMs),
      peakRssMB: Math.round(sustained.peakBytes / 1e6),
      mostRowsPerSecond: Math.round(turns.ours),
      floorRowsPerSecond: Math.round(turns.floor),
      readingFloorRowsPerSecond: Math.round(turns.read),
      readingRatio: round(turns.read / turns.ours),
    };
  } finally {
    await server.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

/** At the rate for so long; the server is killed in the middle and started again at once. Times are of before. */
async function sustain(server: IngestProcess, seconds: number, say: (line: string) => void) {
  const timedSeconds = seconds / 2 - 1;
  const sending = generate(server, { name: 'sustained', seconds, perSecond: RATE / ROWS, timedSeconds });
  let peakBytes = 0;
  let over = false;
  const watching = (async () => {
    while (!over) {
      peakBytes = Math.max(peakBytes, await peakMemory(server.pid()));
      await sleep(200);
    }
  })();
  await sleep(500 * seconds);
  await server.kill();
  const killed = performance.now();
  await server.launch();
  say(`killed after ${seconds / 2} s, up again after ${Math.round(performance.now() - killed)} ms`);
  const report = await sending;
  over = true;
  await watching;
  const rows = report.batches * ROWS;
  say(`${Math.round(rows / report.seconds)} rows/s, p50 ${round(report.p50Ms)} ms, p99 ${round(report.p99Ms)} ms`);
  return { ...report, rows, peakBytes };
}

/** After an orderly end: all of it is Parquet. */
async function count(server: IngestProcess): Promise<{ rows: number; ids: number }> {
  await server.stop();
  const select = 'count(*) AS rows, count(DISTINCT id) AS ids';
  const [row] = await readLog(server.logFolder('live'), 'log', select);
  await server.launch();
  return { rows: Number(row?.rows ?? 0), ids: Number(row?.ids ?? 0) };
}

/** Rows a second of both, as fast as they go: medians of turns, so that what else the machine does hits both. */
async function takeTurns(server: IngestProcess, folder: string, seconds: number, say: (line: string) => void) {
  const floor = await startFloor(path.join(folder, 'floor'));
  const samples = { ours: [] as number[], floor: [] as number[], read: [] as number[] };
  const urls = { floor: { url: floor.url }, read: { url: `${floor.url}/read` }, ours: {} };
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const side of ['floor', 'read', 'ours'] as const) {
        const report = await generate(server, { name: `${side}-${round}`, seconds, ...urls[side] });
        samples[side].push((report.batches * ROWS) / report.seconds);
        say(`${side}: ${Math.round(samples[side].at(-1)!)} rows/s, p50 ${report.p50Ms.toFixed(1)} ms a batch`);
      }
    }
  } finally {
    floor.end();
  }
  return {
    ours: quantile(samples.ours, 0.5),
    floor: quantile(samples.floor, 0.5),
    read: quantile(samples.read, 0.5),
  };
}

async function generate(
  server: IngestProcess,
  given: Pick<Order, 'name' | 'seconds'> & Partial<Order>,
): Promise<Report> {
  const order: Order = {
    url: `${server.url}/api/monitors/live/observations`,
    token: server.tokenOf('live'),
    rows: ROWS,
    connections: given.perSecond === undefined ? CONNECTIONS : 64,
    ...given,
  };
  const child = start('generate.ts', JSON.stringify(order));
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const code = await new Promise((ended) => child.once('close', ended));
  if (code !== 0) throw new Error(`who sends observations ended with ${code}`);
  return JSON.parse(text) as Report;
}

async function startFloor(file: string): Promise<{ url: string; end(): void }> {
  const child = start('floor.ts', file);
  const url = await new Promise<string>((resolve) => createInterface({ input: child.stdout }).once('line', resolve));
  return { url, end: () => void child.kill('SIGKILL') };
}

function start(script: string, argument: string) {
  const file = path.join(import.meta.dirname, 'ingest', script);
  return spawn(process.execPath, ['--import', 'tsx', file, argument], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Highest resident memory so far, in bytes; 0 where there is no /proc or the process is gone. */
async function peakMemory(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0);
}

const round = (value: number): number => Math.round(value * 100) / 100;
