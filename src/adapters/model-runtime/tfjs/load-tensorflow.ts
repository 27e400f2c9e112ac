import { createRequire } from 'node:module';
import path from 'node:path';
import type * as Tensorflow from '@tensorflow/tfjs';

export type { Tensorflow };

const require = createRequire(import.meta.url);
let loaded: Promise<typeof Tensorflow> | undefined;

/** TensorFlow.js: the native build where the user has installed it, WebAssembly everywhere else. Loaded once. */
export function loadTensorflow(): Promise<typeof Tensorflow> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<typeof Tensorflow> {
  const native = '@tensorflow/tfjs-node';
  try {
    return require(native) as typeof Tensorflow;
  } catch {
    const tf = require('@tensorflow/tfjs') as typeof Tensorflow;
    const wasm = require('@tensorflow/tfjs-backend-wasm') as typeof import('@tensorflow/tfjs-backend-wasm');
    wasm.setWasmPaths(`${path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}${path.sep}`);
    await tf.setBackend('wasm');
    return tf;
  }
}
