import { randomUUID } from 'node:crypto';
import { valueAt } from '../domain/data/batch-values.ts';
import { AppError } from '../domain/errors.ts';
import type { InferenceLog, LoggedPrediction } from '../ports/inference-log.ts';
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

type Deps = { versions: Versions; log: InferenceLog; metrics: ServeMetrics };

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
  const id = body.id === undefined ? undefined : String(body.id);
  const firstId = Array.isArray(body.parameters?.ids) ? body.parameters.ids[0] : undefined;
  const key = id ?? (firstId === undefined ? randomUUID() : String(firstId));
  const slot = deps.versions.pick(target.model, key, target.version);
  // From here on it is this version's request, whatever comes of it: clients that a candidate cannot answer are its error.
  slot.requests++;
  try {
    const response = await answer(deps, slot, body, { id: id ?? key, receivedAt, started });
    deps.metrics.answered(slot.version, 'ok', (performance.now() - started) / 1000, response.outputs[0]!.shape[0]!);
    return response;
  } catch (error) {
    slot.errors++;
    deps.metrics.answered(slot.version, 'error', (performance.now() - started) / 1000, 0);
    throw error;
  }
}

async function answer(
  deps: Deps,
  slot: Slot,
  body: InferRequest,
  request: { id: string; receivedAt: number; started: number },
): Promise<InferResponse> {
  const { model, version } = slot;
  const batch = toBatch(body.inputs, model);
  const unknown = body.outputs?.find(({ name }) => name !== model.signature.output.name);
  if (unknown) throw new AppError('config/invalid-input', `No output ${unknown.name}`);
  const ids = rowIds(body, batch.rows, request.id);
  const times = eventTimes(body, batch.rows, request.receivedAt);
  const predictions = await deps.versions.use(slot, (loaded) => loaded.predict(batch));
  if (!predictions.values.every(Number.isFinite)) {
    throw new AppError('config/model-invalid', `${model.name} ${version} answered a value that is no number`);
  }
  const latencyMs = performance.now() - request.started;
  // A picture is no line of a log, and nothing watches single pixels.
  const columns = Object.entries(batch.columns).filter(([, column]) => column.kind !== 'tensors');
  await deps.log.append(
    toLogged(model, predictions).map(
      (prediction, row): LoggedPrediction => ({
        id: ids[row]!,
        at: times[row]!,
        receivedAt: request.receivedAt,
        deployment: deps.versions.state()?.deployment ?? '',
        version,
        inputs: Object.fromEntries(
          columns.map(([name, column]) => [name, valueAt(column, row) as LoggedPrediction['inputs'][string]]),
        ),
        prediction,
        latencyMs,
      }),
    ),
  );
  return { model_name: model.name, model_version: version, id: request.id, outputs: [toOutput(model, predictions)] };
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
