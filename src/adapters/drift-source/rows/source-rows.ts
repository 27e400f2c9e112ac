import type { MonitorSource } from '../../../domain/spec/valid-monitor.ts';
import type { Session } from '../session.ts';

/** What the columns of a source are called, and how its times are meant. */
export type RowMapping = {
  timestamp: string;
  /** IANA name; of times without an offset. */
  timezone: string;
  /** Before the name of an input's column. */
  inputs: string;
  id?: string;
  prediction?: string;
  confidence?: string;
  version?: string;
  latency?: string;
  error?: string;
  /** When a row came; of two rows with the same id the one that came last counts. */
  received?: string;
};

/**
 * Rows of files that have the same columns, under the names of the inference log whatever the source calls them:
 * `at` TIMESTAMP in UTC (NULL: the row has none, or no time that can be), `in_<column>` for each column of the source,
 * and where the source has them `id`, `prediction`, `confidence`, `version`, `latency_ms`, `error` (NULL: it was
 * answered). A row whose id comes again later in its file is not among them.
 */
export type SourceRows = {
  session: Session;
  /** Name of a view or table of the session. */
  relation: string;
  /** Its columns with their DuckDB types. */
  columns: Map<string, string>;
};

/** Of the inference log and of posted observations, which have the same layout. */
const LOG_MAPPING: RowMapping = {
  timestamp: 'at',
  timezone: 'UTC',
  inputs: 'in_',
  id: 'id',
  prediction: 'prediction',
  confidence: 'confidence',
  version: 'version',
  latency: 'latency_ms',
  error: 'error',
  received: 'received_at',
};

export function mappingOf(source: MonitorSource): RowMapping {
  if (source.kind !== 'files') return LOG_MAPPING;
  return { timestamp: source.timestamp, timezone: source.timezone, inputs: '', ...source.columns };
}

/** What a source calls the columns that are no inputs. */
export function mappedColumns({ inputs: _inputs, timezone: _timezone, ...columns }: RowMapping): string[] {
  return Object.values(columns);
}
