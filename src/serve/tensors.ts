/** Tensors of the Open Inference Protocol v2 as JSON, to and from columns. */
import { AppError } from '../domain/errors.ts';
import type { Model, TensorType } from '../domain/spec/valid.ts';
import type { ColumnBatch } from '../ports/dataset.ts';
import type { Predictions } from '../ports/model-runtime.ts';

export type Tensor = { name: string; shape: number[]; datatype: string; data: unknown[] };
type Value = number | string | boolean | null;

export const DATATYPES: Record<TensorType, string> = {
  float: 'FP32',
  integer: 'INT64',
  string: 'BYTES',
  boolean: 'BOOL',
};

const INTEGERS = ['INT8', 'INT16', 'INT32', 'INT64', 'UINT8', 'UINT16', 'UINT32', 'UINT64'];
/** Whole numbers fit where a float is declared; nothing else is converted. */
const ACCEPTED: Record<TensorType, string[]> = {
  float: ['FP16', 'FP32', 'FP64', ...INTEGERS],
  integer: INTEGERS,
  string: ['BYTES'],
  boolean: ['BOOL'],
};

/**
 * The columns that the model needs, as [n] or [n, 1] each. Inputs that it does not know are left alone: during a canary
 * clients send what either version needs. `null` is a missing value (our extension).
 */
export function toBatch(inputs: unknown, model: Model): ColumnBatch {
  if (!Array.isArray(inputs)) throw invalid('inputs must be a list');
  const byName = new Map((inputs as Partial<Tensor>[]).map((tensor) => [tensor?.name, tensor]));
  const columns: ColumnBatch['columns'] = {};
  let rows: number | undefined;
  for (const { name, column, type } of model.signature.inputs) {
    const tensor = byName.get(name);
    if (tensor === undefined) throw invalid(`input ${name} is missing`);
    const { shape, datatype } = tensor;
    if (!Array.isArray(shape) || shape.length < 1 || shape.length > 2 || (shape[1] ?? 1) !== 1) {
      throw invalid(`shape of ${name} must be [rows] or [rows, 1]`);
    }
    if (!ACCEPTED[type].includes(datatype ?? '')) {
      throw invalid(`datatype of ${name} is ${String(datatype)}, not ${ACCEPTED[type].join(', ')}`);
    }
    const data = Array.isArray(tensor.data) ? tensor.data.flat(2) : undefined;
    rows ??= shape[0];
    if (!data || data.length !== rows || shape[0] !== rows) {
      throw invalid(
        `${name} has ${data?.length ?? 'no'} values, shape [${shape.join(', ')}], and the request ${rows} rows`,
      );
    }
    columns[column] = data.map((value, row) => toValue(value, datatype!, name, row));
  }
  if (rows === undefined || rows === 0) throw invalid('the request has no rows');
  return { rows, columns };
}

function toValue(value: unknown, datatype: string, name: string, row: number): Value {
  if (value === null) return null;
  if (datatype === 'BYTES' && typeof value === 'string') return value;
  if (datatype === 'BOOL' && (typeof value === 'boolean' || value === 0 || value === 1)) return Boolean(value);
  if (datatype.startsWith('FP') && typeof value === 'number') return value;
  if (INTEGERS.includes(datatype) && Number.isSafeInteger(value) && !(datatype[0] === 'U' && (value as number) < 0)) {
    return value as number;
  }
  throw invalid(`value ${row} of ${name} is no ${datatype}`);
}

/** Binary and regression: [rows]. Multiclass: [rows, classes]. */
export function toOutput(model: Model, predictions: Predictions): Tensor {
  const { rows, width, values } = predictions;
  return {
    name: model.signature.output.name,
    shape: width === 1 ? [rows] : [rows, width],
    datatype: 'FP64',
    data: [...values],
  };
}

/** What the log keeps of a prediction: the value, or the index of the most probable class. */
export function toLogged(predictions: Predictions): number[] {
  const { rows, width, values } = predictions;
  return Array.from({ length: rows }, (_, row) => {
    if (width === 1) return values[row]!;
    let best = 0;
    for (let i = 1; i < width; i++) if (values[row * width + i]! > values[row * width + best]!) best = i;
    return best;
  });
}

export function describeModel(model: Model, versions: string[]): object {
  const { inputs, output } = model.signature;
  const shape = output.classes && model.task === 'multiclass-classification' ? [-1, output.classes.length] : [-1];
  return {
    name: model.name,
    versions,
    platform: model.artifact.format,
    inputs: inputs.map(({ name, type }) => ({ name, datatype: DATATYPES[type], shape: [-1] })),
    outputs: [{ name: output.name, datatype: 'FP64', shape }],
  };
}

function invalid(message: string): AppError {
  return new AppError('config/invalid-input', message);
}
