import path from 'node:path';
import type { InferenceLog, LabelLog } from '../../ports/inference-log.ts';
import type { ParquetShape } from './compact-segment.ts';
import { type LogOptions, openParquetLog } from './parquet-log.ts';

/** One column an input, `in_<column>`: DuckDB reads only those that it is asked for, and prunes by their statistics. */
const PREDICTIONS: ParquetShape = {
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

const LABELS: ParquetShape = {
  types: { id: 'VARCHAR', label: 'VARCHAR', at: 'BIGINT', received_at: 'BIGINT' },
  select: 'id, label, epoch_ms("at") AS "at", epoch_ms(received_at) AS received_at',
  partition: () => '',
  partitionSql: `''`,
};

/** `folder`: of the deployment. Segments go to `segments/predictions/`, Parquet to `log/dt=YYYY-MM-DD/`. */
export async function openInferenceLog(folder: string, options: LogOptions = {}): Promise<InferenceLog> {
  const log = await openParquetLog(folder, options, 'predictions', path.join(folder, 'log'), PREDICTIONS);
  return {
    ...log,
    append: (records) =>
      log.append(
        records.map(({ inputs, receivedAt, latencyMs, ...record }) => ({
          ...record,
          received_at: receivedAt,
          latency_ms: latencyMs,
          ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`in_${name}`, value])),
        })),
      ),
  };
}

/** `folder`: of the deployment. Segments go to `segments/labels/`, Parquet to `labels/`. */
export async function openLabelLog(folder: string, options: LogOptions = {}): Promise<LabelLog> {
  const log = await openParquetLog(folder, options, 'labels', path.join(folder, 'labels'), LABELS);
  return {
    ...log,
    append: (labels) =>
      log.append(
        labels.map(({ id, label, at, receivedAt }) => ({ id, label: String(label), at, received_at: receivedAt })),
      ),
  };
}
