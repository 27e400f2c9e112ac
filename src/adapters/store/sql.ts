import { AppError } from '../../domain/errors.ts';

/** The little of Postgres that the store needs; PGlite and a server both give it. One statement a call. */
export type Sql = {
  query<Row>(text: string, params?: unknown[]): Promise<Row[]>;
  /** Read committed. `work` must use the Sql it is given, never the outer one: PGlite has a single connection. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
};

/** Nothing of a database driver leaves this folder but as an AppError. */
export function storageError(doing: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AppError('external/storage', `${doing}: ${message}`, { cause: error });
}
