import path from 'node:path';
import type { InferenceLog, LabelLog } from '../../ports/inference-log.ts';
import { LABELS, PREDICTIONS } from './log-shapes.ts';
import { type LogOptions, openParquetLog } from './parquet-log.ts';

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
