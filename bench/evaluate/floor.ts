/**
 * onnxruntime alone: both models over the same rows, which lie ready in memory as the matrix that they take; with as many
 * threads as it likes, or with one where that is faster (its threads wait for each other in a loop).
 */
import { InferenceSession, Tensor } from 'onnxruntime-node';

export async function floor(...of: Floored): Promise<number> {
  return Math.min(await withThreads({}, ...of), await withThreads({ intraOpNumThreads: 1 }, ...of));
}

type Floored = [models: string[], features: Float32Array, width: number, batchRows: number];

async function withThreads(
  options: InferenceSession.SessionOptions,
  ...[models, features, width, batchRows]: Floored
): Promise<number> {
  const sessions = await Promise.all(
    models.map((file) => InferenceSession.create(file, { executionProviders: ['cpu'], ...options })),
  );
  const rows = features.length / width;
  const started = performance.now();
  for (const session of sessions) {
    for (let start = 0; start < rows; start += batchRows) {
      const part = features.subarray(start * width, Math.min(rows, start + batchRows) * width);
      await session.run({ features: new Tensor('float32', part, [part.length / width, width]) });
    }
  }
  const seconds = (performance.now() - started) / 1000;
  for (const session of sessions) await session.release();
  return seconds;
}
