/** TensorFlow.js models (layers and graph) from a folder's model.json. */

import { AppError } from '../../../domain/errors.ts';
import type { Signature, SignatureInput, Task } from '../../../domain/spec/valid.ts';
import type { ColumnBatch } from '../../../ports/dataset.ts';
import type { LoadedModel } from '../../../ports/model-runtime.ts';
import { columnOf, floats, integers, invalid, matrix } from '../input-values.ts';
import { readOutput } from '../read-output.ts';
import { loadTensorflow, type Tensorflow } from './load-tensorflow.ts';
import { readModelFolder } from './read-model-folder.ts';

type Model = Tensorflow.LayersModel | Tensorflow.GraphModel;

export async function loadTfjsModel(file: string, model: { signature: Signature; task: Task }): Promise<LoadedModel> {
  const { signature } = model;
  const text = signature.inputs.find((input) => input.type === 'string');
  if (text !== undefined)
    throw invalid(`input ${text.name} is text, which TensorFlow.js models cannot take; encode it before`);
  const tf = await loadTensorflow();
  const loaded = await open(tf, file).catch((cause: unknown) => {
    if (cause instanceof AppError) throw cause;
    throw invalid(cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause), cause);
  });
  const makeInputs = inputsFor(tf, loaded, signature.inputs);
  const output = outputIndex(loaded, signature.output.name);
  return {
    predict: async (batch) => {
      if (batch.rows === 0)
        return { rows: 0, width: signature.output.classes?.length ?? 1, values: new Float64Array(0) };
      const answer = tf.tidy(() => {
        const outputs = loaded.predict(makeInputs(batch));
        return pick(outputs, output, signature.output.name);
      });
      const values = await answer.data();
      const { shape } = answer;
      answer.dispose();
      return readOutput(values as Float32Array, shape, batch.rows, signature, model.task);
    },
    close: async () => {
      loaded.dispose();
    },
  };
}

async function open(tf: typeof Tensorflow, file: string): Promise<Model> {
  const artifacts = await readModelFolder(file);
  const handler = tf.io.fromMemory(artifacts);
  return artifacts.format === 'graph-model' ? tf.loadGraphModel(handler) : tf.loadLayersModel(handler);
}

/** One tensor [rows, 1] an input when the model's inputs bear the signature's names, else one matrix [rows, k]. */
function inputsFor(tf: typeof Tensorflow, model: Model, inputs: SignatureInput[]) {
  const takes = model.inputs.map((input) => ({
    name: input.name.replace(/:\d+$/, ''),
    shape: input.shape ?? [],
    dtype: input.dtype,
  }));
  const declared = new Map(inputs.map((input) => [input.name, input]));
  if (takes.length === inputs.length && takes.every((input) => declared.has(input.name))) {
    return (batch: ColumnBatch): Tensorflow.Tensor[] =>
      takes.map(({ name, dtype, shape }) => {
        const input = declared.get(name) as SignatureInput;
        const column = columnOf(batch, input);
        const size = shape.length === 1 ? [batch.rows] : [batch.rows, 1];
        return dtype === 'float32'
          ? tf.tensor(Float32Array.from(floats(column, input)), size, 'float32')
          : tf.tensor(Int32Array.from(integers(column, input)), size, dtype);
      });
  }
  const [only] = takes;
  const width = only?.shape[1];
  if (
    takes.length !== 1 ||
    only?.dtype !== 'float32' ||
    (typeof width === 'number' && width > 0 && width !== inputs.length)
  ) {
    const has = takes.map((input) => `${input.name} ${input.dtype}[${input.shape.join(',')}]`).join(', ');
    throw invalid(`its inputs are ${has}; the signature names ${inputs.map((input) => input.name).join(', ')}`);
  }
  return (batch: ColumnBatch): Tensorflow.Tensor => tf.tensor2d(matrix(batch, inputs), [batch.rows, inputs.length]);
}

/** Layer names are often generated, so a model with a single output may call it anything. */
function outputIndex(model: Model, name: string): number {
  const names = model.outputs.map((output) => output.name.replace(/[:/].*$/, ''));
  if (names.length === 1) return 0;
  const index = names.indexOf(name);
  if (index < 0) throw invalid(`it has no output ${name} (it has: ${names.join(', ')})`);
  return index;
}

function pick(
  outputs: Tensorflow.Tensor | Tensorflow.Tensor[] | Tensorflow.NamedTensorMap,
  index: number,
  name: string,
): Tensorflow.Tensor {
  if (Array.isArray(outputs)) return outputs[index] as Tensorflow.Tensor;
  if (typeof (outputs as Tensorflow.Tensor).dataSync === 'function') return outputs as Tensorflow.Tensor;
  const named = outputs as Tensorflow.NamedTensorMap;
  return named[name] ?? (Object.values(named)[index] as Tensorflow.Tensor);
}
