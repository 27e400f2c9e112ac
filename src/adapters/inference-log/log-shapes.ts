import type { ParquetShape } from './write-parts.ts';

/** One column an input, `in_<column>`: DuckDB reads only those that it is asked for, and prunes by their statistics. */
export const PREDICTIONS: ParquetShape = {
  types: {
    id: 'VARCHAR',
    at: 'BIGINT',
    received_at: 'BIGINT',
    deployment: 'VARCHAR',
    version: 'VARCHAR',
    prediction: 'DOUBLE',
    confidence: 'DOUBLE',
    error: 'VARCHAR',
    latency_ms: 'DOUBLE',
  },
  select:
    'id, epoch_ms("at") AS "at", epoch_ms(received_at) AS received_at, deployment, version, prediction, confidence, ' +
    'error, latency_ms',
  partition: (row) => `dt=${new Date(Number(row.at)).toISOString().slice(0, 10)}`,
  partitionSql: `'dt=' || strftime(epoch_ms("at"), '%Y-%m-%d')`,
};

export const LABELS: ParquetShape = {
  types: { id: 'VARCHAR', label: 'VARCHAR', at: 'BIGINT', received_at: 'BIGINT' },
  select: 'id, label, epoch_ms(coalesce("at", received_at)) AS "at", epoch_ms(received_at) AS received_at',
  partition: () => '',
  partitionSql: `''`,
};
