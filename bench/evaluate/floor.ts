/** onnxruntime alone: both models over the same rows, which lie ready in memory as the matrix that they take. */
import { InferenceSession, Tensor } from 'onnxruntime-node';

export async function floor(
  models: string[],
  features: Float32Array,
  width: number,
  batchRows: number,
): Promise<number> {
  const sessions = await Promise.all(
    models.map((file) => InferenceSession.create(file, { executionProviders: ['cpu'] })),
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
