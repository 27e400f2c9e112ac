/**
 * ONNX by onnxruntime on the CPU. No custom-operator libraries are registered, so a graph with foreign operators does
 * not load; the runtime itself keeps external data inside the model's folder (links and `..` resolved).
 */
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import type { InferenceSession } from 'onnxruntime-node';
import type { Signature, Task } from '../../../domain/spec/valid.ts';
import type { LoadedModel } from '../../../ports/model-runtime.ts';
import { invalid } from '../input-values.ts';
import { readOutput } from '../read-output.ts';
import { feedsFor } from './feeds.ts';

const require = createRequire(import.meta.url);

export async function loadOnnxModel(
  file: string,
  model: { signature: Signature; task: Task },
  threads = Math.min(4, availableParallelism()),
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
    throw invalid(firstLine(cause), cause);
  });
  try {
    const makeFeeds = feedsFor(ort, session, model.signature);
    const output = outputOf(session, model.signature);
    return {
      predict: async (batch) => {
        if (batch.rows === 0)
          return { rows: 0, width: model.signature.output.classes?.length ?? 1, values: new Float64Array(0) };
        const answer = await session.run(makeFeeds(batch), [output]).catch((cause: unknown) => {
          throw invalid(firstLine(cause), cause);
        });
        const tensor = answer[output];
        if (tensor === undefined || tensor.type === 'string') throw invalid(`output ${output} is not numeric`);
        const values = tensor.data as ArrayLike<number | bigint>;
        return readOutput(values, tensor.dims, batch.rows, model.signature, model.task);
      },
      close: () => session.release(),
    };
  } catch (error) {
    await session.release();
    throw error;
  }
}

function outputOf(session: InferenceSession, signature: Signature): string {
  const { name } = signature.output;
  const index = session.outputNames.indexOf(name);
  if (index < 0) throw invalid(`it has no output ${name} (it has: ${session.outputNames.join(', ')})`);
  if (session.outputMetadata[index]?.isTensor === false) {
    throw invalid(`output ${name} is not a tensor; export the classifier without its ZipMap`);
  }
  return name;
}

function firstLine(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return (text.split('\n')[0] ?? '').slice(0, 400);
}
