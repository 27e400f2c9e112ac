import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { createDriftSource, type DriftSourceOptions } from '../../../src/adapters/drift-source/create-drift-source.ts';
import { makeProfile } from '../../../src/domain/drift/make-profile.ts';
import type { ReferenceProfile } from '../../../src/domain/drift/profile.ts';
import type { Model } from '../../../src/domain/spec/valid.ts';
import type { Monitor, MonitorSource } from '../../../src/domain/spec/valid-monitor.ts';
import type { Span, Watched } from '../../../src/ports/drift-source.ts';
import { sampleMonitor } from '../../fakes/sample-monitor.ts';
import { fakeModel } from '../../serve/fake-runtime.ts';

export const DAY = 86_400_000;
export const HOUR = 3_600_000;
export const MAY = Date.UTC(2001, 4, 1);

type FileSource = Extract<MonitorSource, { kind: 'files' }>;

export const model: Model = {
  ...fakeModel(),
  signature: {
    inputs: [
      { name: 'd', column: 'distance', type: 'float' },
      { name: 'o', column: 'origin', type: 'string' },
    ],
    output: { name: 'probability', positive: true },
  },
};

/** Bins of width 1 from 0; the origins ATL, ORD and SFO; a probability. */
export const reference: ReferenceProfile = {
  version: 2,
  rows: 1000,
  columns: [
    {
      ...makeProfile('distance', [1, 2, 3], { kind: 'numeric', low: 0, width: 1 }),
      measure: { of: 'value', column: 'distance' },
    },
    {
      ...makeProfile('origin', ['ATL', 'ORD', 'SFO'], {
        kind: 'categorical',
        categories: ['ATL', 'ORD', 'SFO'],
        open: false,
      }),
      measure: { of: 'value', column: 'origin' },
    },
  ],
  prediction: {
    ...makeProfile('prediction', [0.5], { kind: 'numeric', low: 0, width: 0.001 }),
    measure: { of: 'value', column: 'prediction' },
  },
  groups: [],
  promised: [],
};

export function monitorOf(source: MonitorSource, windowSeconds = 86_400): Monitor {
  return sampleMonitor({ name: 'flights-live', source, windowSeconds });
}

/** A source of files, with what differs from one of Parquet. */
export function filesOf(uri: string, more: Partial<FileSource> = {}): FileSource {
  const columns = { id: 'id', prediction: 'p' };
  return { kind: 'files', uri, format: 'parquet', timestamp: 'ts', timezone: 'UTC', columns, ...more };
}

export async function openWorld(options: Partial<DriftSourceOptions> = {}) {
  const root = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  const dataRoot = path.join(root, 'data');
  await mkdir(dataRoot);
  const places = {
    servingRoot: path.join(root, 'serving'),
    observationsRoot: path.join(root, 'observations'),
    dataRoot,
    cacheFolder: path.join(root, 'cache'),
    ...options,
  };
  const source = createDriftSource(places);
  const watch = (source: MonitorSource, more: Partial<Watched> = {}): Watched => ({
    repository: 'acme/flights',
    monitor: monitorOf(source),
    allow: ['file:', 's3://acme-logs/'],
    ...more,
  });
  return {
    root,
    places,
    source,
    /** As after a restart. */
    again: () => createDriftSource(places),
    watch,
    observe: (watched: Watched, window: Span) => source.observe(watched, window, reference, model),
    run: async (sql: string) => void (await connection.run(sql)),
    file: (name: string) => path.join(dataRoot, name),
    /** Writes a file below the data root; what is old is not taken for half written. */
    async write(name: string, content: string | Uint8Array, ageSeconds = 3600) {
      const file = path.join(dataRoot, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, content);
      const then = new Date(Date.now() - ageSeconds * 1000);
      await utimes(file, then, then);
      return file;
    },
    /** Writes the rows of a query as Parquet. */
    async parquet(name: string, select: string) {
      const file = path.join(dataRoot, name);
      await mkdir(path.dirname(file), { recursive: true });
      await connection.run(`COPY (${select}) TO '${file}' (FORMAT parquet)`);
      return file;
    },
    async close() {
      connection.closeSync();
      instance.closeSync();
      await rm(root, { recursive: true, force: true });
    },
  };
}

export type World = Awaited<ReturnType<typeof openWorld>>;

/** `count` rows from `start`, a second apart; `name`: before their ids. */
export const rowsSql = (count: number, start: string, more = '', name = ''): string =>
  `SELECT '${name}' || i AS id, TIMESTAMP '${start}' + INTERVAL (i) SECOND AS ts, (i % 5)::DOUBLE AS distance,
     ['ATL', 'ORD', 'SFO'][1 + i % 3] AS origin, (i % 10) / 10.0::DOUBLE AS p ${more} FROM range(${count}) t(i)`;
