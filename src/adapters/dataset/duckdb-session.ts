/**
 * A DuckDB that is shut in: it reaches the named files and nothing else of the machine, its settings are locked, its
 * memory is bounded, and times are UTC whatever the machine's zone. Rows keep the order of the file.
 */
import os from 'node:os';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { AppError } from '../../domain/errors.ts';
import { quoteText } from './sql-text.ts';

export type Session = {
  connection: DuckDBConnection;
  /** Rows as plain objects: numbers, strings, booleans, null (DuckDB's JSON forms, BIGINT as text). */
  query(sql: string, doing: string): Promise<Record<string, unknown>[]>;
  close(): void;
};

export type SessionLimits = { memory: string; threads: number };

export const DEFAULT_LIMITS: SessionLimits = {
  memory: `${Math.max(512, Math.min(4096, Math.floor(os.totalmem() / 2 ** 21)))}MB`,
  threads: Math.max(1, Math.min(8, os.availableParallelism())),
};

/** Runs `work` in a session that may touch `files` (read and write); nothing outlives the call. */
export async function withSession<T>(
  files: string[],
  limits: SessionLimits,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await openSession(files, limits);
  try {
    return await work(session);
  } finally {
    session.close();
  }
}

type Opened = { instance: DuckDBInstance; connection: DuckDBConnection };

/** Made ahead for whoever asks for DEFAULT_LIMITS next; it reaches nothing and nobody has it yet. */
let prepared: Opened | undefined;

/** Makes the next session with DEFAULT_LIMITS open at once. */
export async function prepareSession(): Promise<void> {
  prepared ??= await create(DEFAULT_LIMITS);
}

async function create(limits: SessionLimits): Promise<Opened> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(limits.threads),
    memory_limit: limits.memory,
    temp_directory: '',
    preserve_insertion_order: 'true',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  });
  return { instance, connection: await instance.connect() };
}

export async function openSession(files: string[], limits: SessionLimits): Promise<Session> {
  const ready = limits === DEFAULT_LIMITS ? prepared : undefined;
  if (ready) prepared = undefined;
  const { instance, connection } = ready ?? (await create(limits));
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(`SET allowed_paths = [${files.map(quoteText).join(', ')}]`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
  return {
    connection,
    query: async (sql, doing) => {
      try {
        return (await connection.runAndReadAll(sql)).getRowObjectsJson();
      } catch (cause) {
        throw dataError(doing, cause);
      }
    },
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** What DuckDB refuses is a matter of the data or the SQL in the spec; its first line says which. */
export function dataError(doing: string, cause: unknown): AppError {
  const text = cause instanceof Error ? cause.message : String(cause);
  const line = (text.split('\n')[0] ?? '').slice(0, 500);
  return new AppError('config/data-invalid', `${doing}: ${line}`, { cause });
}
