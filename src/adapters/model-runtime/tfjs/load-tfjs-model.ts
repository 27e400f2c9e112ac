/** TensorFlow.js models (layers and graph) from a folder's model.json. */

import type { ColumnBatch } from '../../../domain/data/column-batch.ts';
import { AppError } from '../../../domain/errors.ts';
import type { Signature, Task } from '../../../domain/spec/valid.ts';
import type { LoadedModel, Prepared } from '../../../ports/model-runtime.ts';
import type { NumberType } from '../element-values.ts';
import { type Feed, planFeeds } from '../feed-plan.ts';
import { feedValues } from '../input-values.ts';
import { firstLine, invalid } from '../invalid.ts';
import { type Answer, outputNames, readOutputs, widthOf } from '../read-output.ts';
import { loadTensorflow, type Tensorflow } from './load-tensorflow.ts';
import { readModelFolder } from './read-model-folder.ts';

type Model = Tensorflow.LayersModel | Tensorflow.GraphModel;
type Outputs = Tensorflow.Tensor | Tensorflow.Tensor[] | Tensorflow.NamedTensorMap;

/** What TensorFlow.js calls the types that it knows. */
const TYPES: Partial<Record<string, NumberType>> = { float32: 'float32', int32: 'int32', bool: 'bool' };

export async function loadTfjsModel(file: string, model: { signature: Signature; task: Task }): Promise<LoadedModel> {
  const { signature, task } = model;
  const text = signature.inputs.find((input) => input.type === 'string');
  if (text !== undefined)
    throw invalid(`input ${text.name} is text, which TensorFlow.js models cannot take; encode it before`);
  const tf = await loadTensorflow();
  const loaded = await open(tf, file).catch(refuse);
  const feeds = planFeeds(loaded.inputs.map(modelInput), signature.inputs, Object.values(TYPES) as NumberType[]);
  const names = outputNames(signature);
  const outputs = names.map((name) => outputIndex(loaded, name));
  const ask = (batch: ColumnBatch, prepared?: Prepared) =>
    tf.tidy(() => {
      const tensors = feeds.map((feed) => toTensor(tf, feed, feedValues(feed, batch, prepared), batch.rows));
      const answer = predict(loaded, tensors);
      return names.map((name, place) => pick(answer, outputs[place] as number, name));
    });
  return {
    engine: `TensorFlow.js ${tf.version_core}, ${tf.getBackend()}`,
    predict: async (batch, prepared) => {
      if (batch.rows === 0) return { rows: 0, width: widthOf(signature, task), values: new Float64Array(0) };
      const answers: Answer[] = [];
      try {
        for (const [place, tensor] of ask(batch, prepared).entries()) {
          answers.push({ name: names[place] as string, values: await tensor.data(), dims: tensor.shape });
          tensor.dispose();
        }
      } catch (cause) {
        refuse(cause);
      }
      return readOutputs(answers, batch.rows, signature, task);
    },
    close: async () => {
      loaded.dispose();
    },
  };
}

function refuse(cause: unknown): never {
  throw cause instanceof AppError ? cause : invalid(firstLine(cause), cause);
}

async function open(tf: typeof Tensorflow, file: string): Promise<Model> {
  const artifacts = await readModelFolder(file);
  const handler = tf.io.fromMemory(artifacts);
  return artifacts.format === 'graph-model' ? tf.loadGraphModel(handler) : tf.loadLayersModel(handler);
}

type TfjsInput = { name: string; shape?: (number | null)[]; dtype: string };

function modelInput({ name, shape = [], dtype }: TfjsInput) {
  const dims = shape.map((size) => (size === null || size < 0 ? undefined : size));
  return { name: bareName(name), type: TYPES[dtype] ?? dtype, dims };
}

function toTensor(tf: typeof Tensorflow, feed: Feed, values: unknown, rows: number): Tensorflow.Tensor {
  return tf.tensor(values as Float32Array, [rows, ...feed.shape], feed.type as 'float32');
}

/** A layers model takes its inputs in their order, a graph model by the names of its graph. */
function predict(model: Model, tensors: Tensorflow.Tensor[]): Outputs {
  if (!('executeAsync' in model))
    return model.predict(tensors.length === 1 ? (tensors[0] as Tensorflow.Tensor) : tensors);
  return model.execute(
    Object.fromEntries(model.inputs.map((input, place) => [input.name, tensors[place] as Tensorflow.Tensor])),
    model.outputs.map((output) => output.name),
  );
}

/** Layer names are often generated, so a model with a single output may call it anything. */
function outputIndex(model: Model, name: string): number {
  const names = model.outputs.map((output) => bareName(output.name));
  if (names.length === 1) return 0;
  const index = names.indexOf(name);
  if (index < 0) throw invalid(`it has no output ${name} (it has: ${names.join(', ')})`);
  return index;
}

/** `probability/Sigmoid:0` is the output of `probability`. */
const bareName = (name: string) => name.replace(/[:/].*$/, '');

function pick(outputs: Outputs, index: number, name: string): Tensorflow.Tensor {
  if (Array.isArray(outputs)) return outputs[index] as Tensorflow.Tensor;
  if (typeof (outputs as Tensorflow.Tensor).dataSync === 'function') return outputs as Tensorflow.Tensor;
  const named = outputs as Tensorflow.NamedTensorMap;
  return named[name] ?? (Object.values(named)[index] as Tensorflow.Tensor);
}
