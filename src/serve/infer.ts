import { randomUUID } from 'node:crypto';
import { valueAt } from '../domain/data/batch-values.ts';
import type { ColumnBatch } from '../domain/data/column-batch.ts';
import { AppError } from '../domain/errors.ts';
import type { InferenceLog, LoggedPrediction } from '../ports/inference-log.ts';
import type { Predictions } from '../ports/model-runtime.ts';
import type { FailureLog } from './failure-log.ts';
import type { ServeMetrics } from './metrics.ts';
import { type Tensor, toBatch, toLogged, toOutput } from './tensors.ts';
import type { Slot, Versions } from './versions.ts';

export type InferRequest = {
  id?: string;
  /**
   * Our extensions, for the log: `timestamp` (of all rows) or `timestamps` (one a row) say when the event happened, ISO
   * or epoch ms; `ids` name the rows, so that their truth can be told later.
   */
  parameters?: { timestamp?: string | number; timestamps?: (string | number)[]; ids?: (string | number)[] };
  inputs: Tensor[];
  outputs?: { name: string }[];
};

export type InferResponse = { model_name: string; model_version: string; id: string; outputs: Tensor[] };

type Deps = { versions: Versions; log: InferenceLog; failures: FailureLog; metrics: ServeMetrics };

/** What is known of a request's rows, for whoever logs them: more and more of it while it is being answered. */
type Rows = { count: number; id(row: number): string; at(row: number): number; inputs(row: number): Inputs };
type Inputs = LoggedPrediction['inputs'];

/** One request is answered by one version, and only after its rows are in the log. */
export async function infer(
  deps: Deps,
  target: { model: string; version?: string },
  body: InferRequest,
): Promise<InferResponse> {
  const receivedAt = Date.now();
  const started = performance.now();
  if (typeof body !== 'object' || body === null)
    throw new AppError('config/invalid-input', 'The body must be an object');
  const given = body.id === undefined ? undefined : String(body.id);
  const firstId = Array.isArray(body.parameters?.ids) ? body.parameters.ids[0] : undefined;
  const id = given ?? (firstId === undefined ? randomUUID() : String(firstId));
  const slot = deps.versions.pick(target.model, id, target.version);
  // From here on it is this version's request, whatever comes of it: clients that a candidate cannot answer are its error.
  slot.requests++;
  let rows: Rows = { count: 1, id: () => id, at: () => receivedAt, inputs: () => ({}) };
  const toLog = () => {
    const about = {
      receivedAt,
      deployment: deps.versions.state()?.deployment ?? '',
      version: slot.version,
      latencyMs: performance.now() - started,
    };
    return Array.from({ length: rows.count }, (_, row) => ({
      ...about,
      id: rows.id(row),
      at: rows.at(row),
      inputs: rows.inputs(row),
    }));
  };
  try {
    const batch = toBatch(body.inputs, slot.model);
    rows = readRows(body, batch, { id, receivedAt });
    const predictions = await predict(deps.versions, slot, body, batch);
    const answers = toLogged(slot.model, predictions);
    await deps.log.append(toLog().map((row, i) => ({ ...row, ...answers[i]! })));
    deps.metrics.answered(slot.version, 'ok', (performance.now() - started) / 1000, rows.count);
    const outputs = [toOutput(slot.model, predictions)];
    return { model_name: slot.model.name, model_version: slot.version, id, outputs };
  } catch (error) {
    slot.errors++;
    deps.metrics.answered(slot.version, 'error', (performance.now() - started) / 1000, 0);
    await deps.failures.add(toLog(), error);
    throw error;
  }
}

async function predict(versions: Versions, slot: Slot, body: InferRequest, batch: ColumnBatch): Promise<Predictions> {
  const { model, version } = slot;
  const unknown = body.outputs?.find(({ name }) => name !== model.signature.output.name);
  if (unknown) throw new AppError('config/invalid-input', `No output ${unknown.name}`);
  const predictions = await versions.use(slot, (loaded) => loaded.predict(batch));
  if (!predictions.values.every(Number.isFinite)) {
    throw new AppError('config/model-invalid', `${model.name} ${version} answered a value that is no number`);
  }
  return predictions;
}

function readRows(body: InferRequest, batch: ColumnBatch, request: { id: string; receivedAt: number }): Rows {
  const ids = rowIds(body, batch.rows, request.id);
  const times = eventTimes(body, batch.rows, request.receivedAt);
  // A picture is no line of a log, and nothing watches single pixels.
  const columns = Object.entries(batch.columns).filter(([, column]) => column.kind !== 'tensors');
  return {
    count: batch.rows,
    id: (row) => ids[row]!,
    at: (row) => times[row]!,
    inputs: (row) =>
      Object.fromEntries(columns.map(([name, column]) => [name, valueAt(column, row) as Inputs[string]])),
  };
}

function rowIds(body: InferRequest, rows: number, id: string): string[] {
  const ids = body.parameters?.ids;
  if (ids === undefined) return Array.from({ length: rows }, (_, row) => (rows === 1 ? id : `${id}/${row}`));
  if (
    !Array.isArray(ids) ||
    ids.length !== rows ||
    !ids.every((each) => typeof each === 'string' || Number.isFinite(each))
  ) {
    throw new AppError('config/invalid-input', `parameters.ids must name each of the ${rows} rows`);
  }
  return ids.map(String);
}

function eventTimes(body: InferRequest, rows: number, arrival: number): number[] {
  const { timestamp, timestamps } = body.parameters ?? {};
  if (timestamps !== undefined) {
    if (!Array.isArray(timestamps) || timestamps.length !== rows) {
      throw new AppError('config/invalid-input', `parameters.timestamps must have ${rows} values`);
    }
    return timestamps.map(parseTime);
  }
  return new Array<number>(rows).fill(timestamp === undefined ? arrival : parseTime(timestamp));
}

const LAST_TIME = Date.UTC(9999, 11, 31);

/** Epoch ms of an ISO date or of epoch ms, 1970…9999. */
export function parseTime(value: unknown): number {
  const time = typeof value === 'string' ? Date.parse(value) : value;
  if (typeof time === 'number' && time >= 0 && time <= LAST_TIME) return Math.floor(time);
  throw new AppError('config/invalid-input', `${JSON.stringify(value)} is no time: ISO 8601 or epoch milliseconds`);
}
