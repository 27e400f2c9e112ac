/** One model in a process of its own: what it costs to begin. */
import { readFile } from 'node:fs/promises';
import { deserialize, serialize } from 'node:v8';
import type { ColumnBatch } from '../../../domain/data/column-batch.ts';
import { AppError, exitCodeOf } from '../../../domain/errors.ts';
import type { ModelRuntime } from '../../../ports/model-runtime.ts';

export type ProbeInput = {
  model: Parameters<ModelRuntime['load']>[0];
  /** The first request, of one row. */
  first: ColumnBatch;
  /** Another, so that memory holds what answering takes. */
  batch: ColumnBatch;
};

export type ProbeAnswer = { memoryBytes: number; coldStartMs: number };

/** The form of the input file: columns keep their types. */
export const probeInputBytes = (input: ProbeInput): Buffer => serialize(input);

/** Prints a `ProbeAnswer`; the library that runs the model is loaded with it and counts. */
export async function servingProbe(runtime: ModelRuntime, inputFile: string): Promise<number> {
  const { model, first, batch } = deserialize(await readFile(inputFile)) as ProbeInput;
  try {
    const before = process.memoryUsage.rss();
    const start = performance.now();
    const loaded = await runtime.load(model);
    await loaded.predict(first);
    const coldStartMs = performance.now() - start;
    await loaded.predict(batch);
    // at least a page: a ratio is made of it
    const memoryBytes = Math.max(4_096, process.memoryUsage.rss() - before);
    await loaded.close();
    const answer: ProbeAnswer = { memoryBytes, coldStartMs };
    process.stdout.write(`${JSON.stringify(answer)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return exitCodeOf(error);
  }
}
