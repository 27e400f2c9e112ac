/**
 * ONNX by onnxruntime on the CPU. No custom-operator libraries are registered, so a graph with foreign operators does
 * not load; the runtime itself keeps external data inside the model's folder (links and `..` resolved).
 */
import { createRequire } from 'node:module';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Signature, Task } from '../../../domain/spec/valid.ts';
import type { LoadedModel } from '../../../ports/model-runtime.ts';
import { NUMBER_TYPES } from '../element-values.ts';
import { type Feed, planFeeds } from '../feed-plan.ts';
import { fromFloat16 } from '../float16.ts';
import { feedValues } from '../input-values.ts';
import { invalid } from '../invalid.ts';
import { type Answer, outputNames, readOutputs, widthOf } from '../read-output.ts';
import { complaint } from './complaint.ts';

const require = createRequire(import.meta.url);
const TYPES = [...NUMBER_TYPES, 'string'];

/** With another number of threads sums are added in another order, and the last digits of an answer are others. */
export async function loadOnnxModel(
  file: string,
  model: { signature: Signature; task: Task },
  threads: number,
): Promise<LoadedModel> {
  // CommonJS that loaders present in different ways when it is imported; required it is the same everywhere.
  const ort = require('onnxruntime-node') as typeof import('onnxruntime-node');
  const session = await ort.InferenceSession.create(file, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  }).catch((cause: unknown) => {
    throw complaint(cause, file);
  });
  try {
    const { signature, task } = model;
    const feeds = planFeeds(session.inputMetadata.map(modelInput), signature.inputs, TYPES);
    const names = outputNames(signature);
    for (const name of names) checkOutput(session, name, task);
    const { version } = require('onnxruntime-node/package.json') as { version: string };
    return {
      engine: `onnxruntime ${version}, ${threads === 1 ? 'one thread' : `${threads} threads`}`,
      predict: async (batch, prepared) => {
        if (batch.rows === 0) return { rows: 0, width: widthOf(signature, task), values: new Float64Array(0) };
        const tensors = Object.fromEntries(
          feeds.map((feed) => [feed.name, toTensor(ort, feed, feedValues(feed, batch, prepared), batch.rows)]),
        );
        const answer = await session.run(tensors, names).catch((cause: unknown) => {
          throw complaint(cause, file);
        });
        return readOutputs(
          names.map((name) => toAnswer(name, answer[name])),
          batch.rows,
          signature,
          task,
        );
      },
      close: () => session.release(),
    };
  } catch (error) {
    await session.release();
    throw error;
  }
}

function modelInput(metadata: InferenceSession.ValueMetadata) {
  if (!metadata.isTensor) return { name: metadata.name, type: 'no tensor', dims: [undefined] };
  const dims = metadata.shape.map((size) => (typeof size === 'number' && size >= 0 ? size : undefined));
  return { name: metadata.name, type: metadata.type, dims };
}

function toTensor(ort: typeof import('onnxruntime-node'), feed: Feed, values: unknown, rows: number): Tensor {
  return new ort.Tensor(feed.type as 'float32', values as Float32Array, [rows, ...feed.shape]);
}

function toAnswer(name: string, tensor: Tensor | undefined): Answer {
  if (tensor === undefined || tensor.type === 'string') throw invalid(`output ${name} is not numeric`);
  const { data, dims } = tensor;
  if (tensor.type === 'float16') return { name, dims, values: Float64Array.from(data as Uint16Array, fromFloat16) };
  return { name, dims, values: data as ArrayLike<number | bigint> };
}

/** A classifier has its decision beside its probabilities, and it is easily named instead of them. */
function checkOutput(session: InferenceSession, name: string, task: Task): void {
  const index = session.outputNames.indexOf(name);
  const all = session.outputMetadata.map((one) => `${one.name}${one.isTensor ? ` ${one.type}` : ''}`).join(', ');
  if (index < 0) throw invalid(`it has no output ${name} (it has: ${all})`);
  const metadata = session.outputMetadata[index] as InferenceSession.ValueMetadata;
  if (!metadata.isTensor) throw invalid(`output ${name} is not a tensor; export the classifier without its ZipMap`);
  if (metadata.type === 'string') throw invalid(`output ${name} is text, numbers are expected (it has: ${all})`);
  const probability = task === 'binary-classification' || task === 'multiclass-classification';
  if (probability && !metadata.type.startsWith('float')) {
    throw invalid(`output ${name} is ${metadata.type}: a decision, and probabilities are expected (it has: ${all})`);
  }
}
