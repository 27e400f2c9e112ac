import { stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../domain/errors.ts';
import type { ModelRuntime } from '../../ports/model-runtime.ts';
import { folderSize } from './folder-size.ts';

export type RuntimeOptions = {
  /** Largest artifact that is loaded, all files together. */
  maxBytes?: number;
  /** Threads within one prediction, 1 by default: with more of them the last digits depend on their number. */
  threads?: number;
  /** Threads that answer large batches, each with the model in memory again; none by default. */
  workers?: number;
};

const MAX_BYTES = 2 * 2 ** 30;
/** Of all copies of a model together. */
const COPIES_BYTES = 2 ** 30;

/** Picks the runtime by the artifact's format; the libraries are heavy and imported when first needed. */
export function createModelRuntime(options: RuntimeOptions = {}): ModelRuntime {
  const maxBytes = options.maxBytes ?? MAX_BYTES;
  return {
    load: async (model) => {
      const main = path.resolve(model.folder, model.path);
      if (!main.startsWith(`${path.resolve(model.folder)}${path.sep}`)) {
        throw new AppError('config/model-invalid', `${model.path} is not inside the artifact`);
      }
      const found = await stat(main).catch(() => undefined);
      if (found === undefined) throw new AppError('config/model-invalid', `the artifact holds no ${model.path}`);
      const size = await folderSize(model.folder);
      if (size > maxBytes) {
        throw new AppError('config/model-invalid', `the artifact is ${size} bytes, at most ${maxBytes} are loaded`);
      }
      if (model.format === 'onnx') {
        const { loadOnnxModel } = await import('./onnx/load-onnx-model.ts');
        const loaded = await loadOnnxModel(main, model, options.threads ?? 1);
        const copies = Math.min(options.workers ?? 0, Math.floor(COPIES_BYTES / size));
        if (copies < 1) return loaded;
        const { answerInThreads } = await import('./onnx/answer-in-threads.ts');
        return answerInThreads({ file: main, signature: model.signature, task: model.task }, loaded, copies);
      }
      const { loadTfjsModel } = await import('./tfjs/load-tfjs-model.ts');
      return loadTfjsModel(main, model);
    },
  };
}
