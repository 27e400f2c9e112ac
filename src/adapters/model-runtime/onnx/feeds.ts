/** Maps the signature's inputs to the model's: one tensor an input by name, or all of them as one matrix. */
import type ort from 'onnxruntime-node';
import type { Signature, SignatureInput } from '../../../domain/spec/valid.ts';
import type { ColumnBatch } from '../../../ports/dataset.ts';
import { columnOf, floats, integers, invalid, matrix, texts } from '../input-values.ts';

type Feeds = Record<string, ort.Tensor>;
type Runtime = typeof ort;

export function feedsFor(
  runtime: Runtime,
  session: ort.InferenceSession,
  signature: Signature,
): (batch: ColumnBatch) => Feeds {
  const { inputs } = signature;
  const declared = new Map(inputs.map((input) => [input.name, input]));
  const byName = session.inputNames.length === inputs.length && session.inputNames.every((name) => declared.has(name));
  if (byName) {
    const makers = session.inputMetadata.map((metadata) =>
      tensorMaker(runtime, metadata, declared.get(metadata.name) as SignatureInput),
    );
    return (batch) =>
      Object.fromEntries(session.inputNames.map((name, index) => [name, (makers[index] as Maker)(batch)]));
  }
  const [only] = session.inputMetadata;
  const width = only?.isTensor === true ? only.shape[1] : undefined;
  const fits =
    only?.isTensor === true && only.type === 'float32' && only.shape.length === 2 && session.inputNames.length === 1;
  if (!fits || (typeof width === 'number' && width > 0 && width !== inputs.length)) {
    const has = session.inputMetadata.map(
      (one) => `${one.name}${one.isTensor ? ` ${one.type}[${one.shape.join(',')}]` : ''}`,
    );
    throw invalid(
      `its inputs are ${has.join(', ')}; the signature names ${inputs.map((input) => input.name).join(', ')}`,
    );
  }
  const text = inputs.find((input) => input.type === 'string');
  if (text !== undefined) throw invalid(`input ${text.name} is text, and the model takes one matrix of numbers`);
  return (batch) => ({
    [only.name]: new runtime.Tensor('float32', matrix(batch, inputs), [batch.rows, inputs.length]),
  });
}

type TensorData = Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array | string[];
type Maker = (batch: ColumnBatch) => ort.Tensor;

function tensorMaker(runtime: Runtime, metadata: ort.InferenceSession.ValueMetadata, input: SignatureInput): Maker {
  if (!metadata.isTensor) throw invalid(`input ${input.name} is not a tensor`);
  if (metadata.shape.length > 2 || (metadata.shape.length === 2 && Number(metadata.shape[1]) > 1)) {
    throw invalid(`input ${input.name} has shape [${metadata.shape.join(', ')}], one value a row is expected`);
  }
  if ((metadata.type === 'string') !== (input.type === 'string')) {
    throw invalid(`input ${input.name} is ${metadata.type} in the model and ${input.type} in the signature`);
  }
  const dimensions = (rows: number) => (metadata.shape.length === 1 ? [rows] : [rows, 1]);
  const { Tensor } = runtime;
  const make = (values: (column: ColumnBatch['columns'][string]) => TensorData): Maker => {
    return (batch) =>
      new Tensor(
        metadata.type as 'float32',
        values(columnOf(batch, input)) as unknown as Float32Array,
        dimensions(batch.rows),
      );
  };
  switch (metadata.type) {
    case 'float32':
      return make((column) => Float32Array.from(floats(column, input)));
    case 'float64':
      return make((column) => floats(column, input));
    case 'int64':
      return make((column) => BigInt64Array.from(Array.from(integers(column, input), BigInt)));
    case 'int32':
      return make((column) => Int32Array.from(integers(column, input)));
    case 'bool':
      return make((column) => Uint8Array.from(integers(column, input), (value) => (value === 0 ? 0 : 1)));
    case 'string':
      return make((column) => texts(column, input));
    default:
      throw invalid(`input ${input.name} is of type ${metadata.type}, which is not supported`);
  }
}
