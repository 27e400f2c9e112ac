import path from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { compactSegment } from './compact-segment.ts';
import { openSegmentLog, type SegmentLog } from './segment-log.ts';
import type { ParquetShape } from './write-parts.ts';

export type LogOptions = {
  /** A segment becomes Parquet after so many rows, or that long after its first row. */
  maxRows?: number;
  maxAgeMs?: number;
  onError?(error: unknown): void;
};

/** A segment log whose segments become Parquet below `target`. */
export async function openParquetLog(
  folder: string,
  options: LogOptions,
  kind: string,
  target: string,
  shape: ParquetShape,
): Promise<SegmentLog> {
  let database: Promise<{ instance: DuckDBInstance; connection: DuckDBConnection }> | undefined;
  const log = await openSegmentLog({
    folder: path.join(folder, 'segments', kind),
    maxRows: options.maxRows ?? 50_000,
    maxAgeMs: options.maxAgeMs ?? 10_000,
    onError: options.onError ?? (() => undefined),
    async compact(file, name) {
      // Started when first needed: a deployment without traffic costs no database.
      database ??= openDatabase();
      await compactSegment((await database).connection, { file, name }, target, shape);
    },
  });
  return {
    ...log,
    async close() {
      await log.close();
      if (database === undefined) return;
      const { connection, instance } = await database;
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function openDatabase() {
  // One thread and little memory: the requests that are being answered come first.
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '512MB' });
  return { instance, connection: await instance.connect() };
}
