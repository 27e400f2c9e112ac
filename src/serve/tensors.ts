/** Tensors of the Open Inference Protocol v2 as JSON, to and from columns. */
import type { BatchColumn, ColumnBatch } from '../domain/data/column-batch.ts';
import { AppError } from '../domain/errors.ts';
import type { Model, SignatureInput, TensorType } from '../domain/spec/valid.ts';
import type { Predictions } from '../ports/model-runtime.ts';

export type Tensor = { name: string; shape: number[]; datatype: string; data: unknown[] };

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
 * The columns that the model needs, as [n] or [n, 1] each, tensors as [n, ...shape]. Inputs that it does not know are
 * left alone: during a canary clients send what either version needs. `null` is a missing value (our extension).
 */
export function toBatch(inputs: unknown, model: Model): ColumnBatch {
  if (!Array.isArray(inputs)) throw invalid('inputs must be a list');
  const byName = new Map((inputs as Partial<Tensor>[]).map((tensor) => [tensor?.name, tensor]));
  const columns: ColumnBatch['columns'] = {};
  let rows: number | undefined;
  for (const input of model.signature.inputs) {
    const { name, type } = input;
    const tensor = byName.get(name);
    if (tensor === undefined) throw invalid(`input ${name} is missing`);
    const { shape, datatype } = tensor;
    const size = rowSize(shape, input);
    if (!ACCEPTED[type].includes(datatype ?? '')) {
      throw invalid(`datatype of ${name} is ${String(datatype)}, not ${ACCEPTED[type].join(', ')}`);
    }
    const data = Array.isArray(tensor.data) ? tensor.data.flat(Number.POSITIVE_INFINITY) : undefined;
    rows ??= shape![0];
    if (!data || data.length !== rows! * size || shape![0] !== rows) {
      throw invalid(
        `${name} has ${data?.length ?? 'no'} values, shape [${shape!.join(', ')}], and the request ${rows} rows`,
      );
    }
    columns[input.column] = toColumn(data, datatype!, input, size);
  }
  if (rows === undefined || rows === 0) throw invalid('the request has no rows');
  return { rows, columns };
}

/** Values of one row; [rows, 1] is [rows], and a tensor may be sent flat. */
function rowSize(shape: unknown, { name, shape: declared = [] }: SignatureInput): number {
  const wanted = declared.filter((one) => one !== 1);
  const size = declared.reduce((product, one) => product * one, 1);
  const sent = Array.isArray(shape) && shape.length > 0 ? shape.slice(1).filter((one) => one !== 1) : undefined;
  if (sent?.join() === wanted.join() || (size > 1 && sent?.length === 1 && sent[0] === size)) return size;
  const forms = declared.length === 0 ? '[rows] or [rows, 1]' : `[rows, ${declared.join(', ')}] or [rows, ${size}]`;
  throw invalid(`shape of ${name} must be ${forms}`);
}

function toColumn(data: unknown[], datatype: string, input: SignatureInput, size: number): BatchColumn {
  const values = data.map((value, index) => toValue(value, datatype, input.name, Math.floor(index / size)));
  if (datatype === 'BYTES') return { kind: 'texts', values: values as (string | null)[] };
  if (input.shape !== undefined) return { kind: 'tensors', size, values: Float64Array.from(values, orNaN) };
  const missing = values.includes(null) ? { missing: Uint8Array.from(values, (value) => Number(value === null)) } : {};
  if (datatype === 'BOOL') return { kind: 'booleans', values: Uint8Array.from(values, Number), ...missing };
  return { kind: 'numbers', values: Float64Array.from(values, orNaN), ...missing };
}

const orNaN = (value: unknown) => (value === null ? Number.NaN : Number(value));

function toValue(value: unknown, datatype: string, name: string, row: number): number | string | boolean | null {
  if (value === null) return null;
  if (datatype === 'BYTES' && typeof value === 'string') return value;
  if (datatype === 'BOOL' && (typeof value === 'boolean' || value === 0 || value === 1)) return Boolean(value);
  if (datatype.startsWith('FP') && typeof value === 'number') return value;
  if (INTEGERS.includes(datatype) && Number.isSafeInteger(value) && !(datatype[0] === 'U' && (value as number) < 0)) {
    return value as number;
  }
  throw invalid(`value ${row} of ${name} is no ${datatype}`);
}

/** Binary, regression and ranking: [rows]. Multiclass: [rows, classes]. An interval: value, lower, upper a row. */
export function toOutput(model: Model, predictions: Predictions): Tensor {
  const { rows, width, values } = predictions;
  return {
    name: model.signature.output.name,
    shape: width === 1 ? [rows] : [rows, width],
    datatype: 'FP64',
    data: [...values],
  };
}

/** What the log keeps of each row's answer: see LoggedPrediction. */
export function toLogged(model: Model, predictions: Predictions): { prediction: number; confidence?: number }[] {
  const { rows, width, values } = predictions;
  return Array.from({ length: rows }, (_, row) => {
    const first = values[row * width]!;
    if (model.task === 'binary-classification') return { prediction: first, confidence: Math.max(first, 1 - first) };
    if (width === 1 || model.task !== 'multiclass-classification') return { prediction: first };
    let best = 0;
    for (let i = 1; i < width; i++) if (values[row * width + i]! > values[row * width + best]!) best = i;
    return { prediction: best, confidence: values[row * width + best]! };
  });
}

export function describeModel(model: Model, versions: string[]): object {
  const { inputs, output } = model.signature;
  const width = output.interval ? 3 : model.task === 'multiclass-classification' ? output.classes?.length : undefined;
  const outputShape = width === undefined ? [-1] : [-1, width];
  return {
    name: model.name,
    versions,
    platform: model.artifact.format,
    inputs: inputs.map(({ name, type, shape = [] }) => ({ name, datatype: DATATYPES[type], shape: [-1, ...shape] })),
    outputs: [{ name: output.name, datatype: 'FP64', shape: outputShape }],
  };
}

function invalid(message: string): AppError {
  return new AppError('config/invalid-input', message);
}
