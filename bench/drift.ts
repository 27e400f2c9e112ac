/**
 * Profile of and verdict on 10,000,000 rows × 25 columns, against DuckDB adding up every column of the same file; and
 * against Evidently. Each in a process of its own, from opening DuckDB to the answer, in turn, the best of the rounds.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ReferenceProfile } from '../src/domain/drift/profile.ts';
import { openPythonEnv } from '../test/integration/python/python-env.ts';
import type { Benchmark, BenchmarkOptions } from './benchmark.ts';
import { flightsFile, januaryFlights } from './drift/flights.ts';
import { makeData } from './drift/make-data.ts';

/** For a quick look: SLUICE_BENCH_ROWS=1000000. */
const ROWS = Number(process.env.SLUICE_BENCH_ROWS ?? 10_000_000);
const TRAINING_ROWS = Math.min(ROWS, 1_000_000);
const PARTITIONS = 64;
const PEER_ROWS = 100_000;
const AIM = 2.2;
const MOST_MB = 400;

const run = promisify(execFile);

/** `cpuSeconds`: of all threads; two busy cores share the seconds of the clock with others, these not. */
type Measured = { seconds: number; cpuSeconds: number; peakMb: number };
type Floor = Measured & { openSeconds: number };
type Ours = Measured & { judgeSeconds: number; rows: number; columns: number; verdict: string };

export const drift: Benchmark = {
  about: `profile of and verdict on ${ROWS} rows × 25 columns, as a multiple of adding up every column`,
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
  const file = (name: string) => path.join(folder, name);
  await makeData(file('train.parquet'), TRAINING_ROWS, 'zstd', 1);
  await makeData(file('rows.parquet'), ROWS, 'zstd', 2);
  say(
    `${ROWS} rows × 25 columns, ${megabytes((await stat(file('rows.parquet'))).size)} MB of Parquet (zstd, as the log)`,
  );
  const made = await program<Measured & { bytes: number }>('make-reference', file('train.parquet'), file('all.json'));
  say(
    `reference of ${TRAINING_ROWS} rows: ${made.seconds.toFixed(1)} s, ${megabytes(made.bytes)} MB, peak ${made.peakMb.toFixed(0)} MB`,
  );
  await withoutReconstruction(file('all.json'), file('columns.json'));

  const zstd = await compare('columns', file('rows.parquet'), file('columns.json'), '0', runs, say);
  const together = await compare('with multivariate drift', file('rows.parquet'), file('all.json'), '0', 1, say);
  const increment = await incremental(folder, say);
  await makeData(file('rows.parquet'), ROWS, 'snappy', 2);
  const snappy = await compare('columns, snappy', file('rows.parquet'), file('columns.json'), '0', 1, say);
  const flights = await measureFlights(folder, runs, say);
  await makeData(file('current.parquet'), PEER_ROWS, 'zstd', 3);
  const peer = await peerOf(file('train.parquet'), file('current.parquet'), say);
  const rowsPerSecond = Math.round(ROWS / zstd.ours.seconds);
  return {
    ratio: zstd.ratio,
    aim: AIM,
    ok: zstd.ratio <= AIM && zstd.ours.peakMb < MOST_MB && (flights?.ratio ?? 0) <= AIM,
    cpuRatio: zstd.cpuRatio,
    seconds: zstd.ours.seconds,
    floorSeconds: zstd.floor.seconds,
    openSeconds: zstd.floor.openSeconds,
    judgeSeconds: zstd.ours.judgeSeconds,
    rowsPerSecond,
    peakMb: zstd.ours.peakMb,
    mostMb: MOST_MB,
    verdict: zstd.ours.verdict,
    ratioSnappy: snappy.ratio,
    cpuRatioSnappy: snappy.cpuRatio,
    ratioMultivariate: together.ratio,
    cpuRatioMultivariate: together.cpuRatio,
    referenceMb: made.bytes / 1e6,
    referenceSeconds: made.seconds,
    ...increment,
    partsOfWhole: increment.incrementSeconds / zstd.ours.seconds,
    ...(flights === undefined
      ? { flights: 'not here' }
      : {
          flightsRows: flights.ours.rows,
          flightsRatio: flights.ratio,
          flightsCpuRatio: flights.cpuRatio,
          flightsSeconds: flights.ours.seconds,
          flightsFloorSeconds: flights.floor.seconds,
          flightsOpenSeconds: flights.floor.openSeconds,
        }),
    ...(peer === undefined
      ? { peer: 'no Python here' }
      : {
          peerRows: peer.rows,
          peerRowsPerSecond: peer.rowsPerSecond,
          timesFaster: rowsPerSecond / peer.rowsPerSecond,
        }),
  };
}

async function compare(
  what: string,
  file: string,
  reference: string,
  timestamp: string,
  runs: number,
  say: BenchmarkOptions['say'],
) {
  const floors: Floor[] = [];
  const rounds: Ours[] = [];
  for (let round = 0; round < runs; round += 1) {
    floors.push(await program<Floor>('floor', file));
    rounds.push(await program<Ours>('ours', file, reference, timestamp));
    const [floor, ours] = [floors.at(-1) as Floor, rounds.at(-1) as Ours];
    say(
      `${what}: floor ${floor.seconds.toFixed(2)} s, ours ${ours.seconds.toFixed(2)} s, peak ${ours.peakMb.toFixed(0)} MB`,
    );
  }
  const [floor, ours] = [best(floors), best(rounds)];
  return {
    ratio: ours.seconds / floor.seconds,
    cpuRatio: leastCpu(rounds) / leastCpu(floors),
    floor,
    ours: { ...ours, peakMb: Math.max(...rounds.map(({ peakMb }) => peakMb)) },
  };
}

/** A new file beside 63 that are profiled already: of the whole's time about 1 / 64, and what it takes to add them up. */
async function incremental(folder: string, say: BenchmarkOptions['say']) {
  const [part, stored] = [path.join(folder, 'part.parquet'), path.join(folder, 'stored.json')];
  await makeData(part, Math.ceil(ROWS / PARTITIONS), 'zstd', 4);
  const ask = () =>
    program<Measured & { newRowsSeconds: number; profiles: unknown[] }>(
      'increment',
      part,
      path.join(folder, 'columns.json'),
      stored,
    );
  const { profiles } = await ask();
  await writeFile(stored, JSON.stringify(Array.from({ length: PARTITIONS - 1 }, () => profiles[0])));
  const { seconds, newRowsSeconds } = await ask();
  const rows = Math.ceil(ROWS / PARTITIONS);
  say(
    `one new partition of ${rows} rows beside ${PARTITIONS - 1} profiled ones: ${seconds.toFixed(2)} s, of which its rows took ${newRowsSeconds.toFixed(2)} s`,
  );
  return { incrementSeconds: seconds, incrementNewRowsSeconds: newRowsSeconds, incrementRows: rows };
}

async function measureFlights(folder: string, runs: number, say: BenchmarkOptions['say']) {
  const file = await flightsFile();
  if (file === undefined) return undefined;
  const [train, all, columns] = ['january.parquet', 'flights-all.json', 'flights.json'].map((name) =>
    path.join(folder, name),
  ) as [string, string, string];
  const timestamp = await januaryFlights(file, train);
  await program('make-reference', train, all);
  await withoutReconstruction(all, columns);
  return compare('flights', file, columns, timestamp, runs, say);
}

/** The columns alone: what they do together is measured apart, and a monitor may do without. Nor by hour of the week. */
async function withoutReconstruction(from: string, to: string): Promise<void> {
  const reference = JSON.parse(await readFile(from, 'utf8')) as ReferenceProfile;
  const columns = reference.columns.filter(({ measure }) => measure.of !== 'reconstruction');
  await writeFile(to, JSON.stringify({ ...reference, columns, groups: [] }));
}

async function program<T>(name: string, ...args: string[]): Promise<T> {
  const file = path.join(import.meta.dirname, 'drift', `${name}.ts`);
  const { stdout } = await run(process.execPath, ['--import', import.meta.resolve('tsx'), file, ...args], {
    maxBuffer: 2 ** 28,
  });
  return JSON.parse(stdout) as T;
}

async function peerOf(reference: string, current: string, say: BenchmarkOptions['say']) {
  const requirements = await readFile(path.join(import.meta.dirname, 'drift-quality/requirements.txt'), 'utf8');
  const python = await openPythonEnv(requirements.split('\n')).catch((error: Error) => {
    say(`no comparison with Evidently: ${error.message}`);
  });
  if (!python) return undefined;
  const peer = path.join(import.meta.dirname, 'drift/peer.py');
  const { stdout } = await run(python.python, [peer, reference, current, String(PEER_ROWS)]);
  const { seconds, rows, version } = JSON.parse(stdout.trim().split('\n').at(-1) as string) as {
    seconds: number;
    rows: number;
    version: string;
  };
  say(`Evidently ${version}: ${rows} rows, without reading them, in ${seconds.toFixed(1)} s`);
  return { rows, rowsPerSecond: rows / seconds };
}

const leastCpu = (rounds: Measured[]) => Math.min(...rounds.map(({ cpuSeconds }) => cpuSeconds));

function best<T extends Measured>(rounds: T[]): T {
  return rounds.reduce((a, b) => (b.seconds < a.seconds ? b : a));
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
