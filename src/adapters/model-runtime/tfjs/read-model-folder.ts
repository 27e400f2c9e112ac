import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { invalid } from '../invalid.ts';
import type { Tensorflow } from './load-tensorflow.ts';

type Weight = Tensorflow.io.WeightsManifestEntry;
type Manifest = { paths: string[]; weights: Weight[] }[];

const BYTES: Record<string, number> = { float32: 4, int32: 4, bool: 1, complex64: 8, float16: 2, uint8: 1, uint16: 2 };

/** `model.json` and the weight files beside it, which may not lie outside its folder and hold what is declared. */
export async function readModelFolder(file: string): Promise<Tensorflow.io.ModelArtifacts> {
  const model = await readJson(file);
  const manifest = (model.weightsManifest ?? []) as Manifest;
  const weightSpecs = manifest.flatMap((group) => group.weights);
  const files = await locate(
    file,
    manifest.flatMap((group) => group.paths),
  );
  const declared = weightSpecs.reduce<bigint | undefined>((sum, weight) => {
    const bytes = bytesOf(weight);
    return sum === undefined || bytes === undefined ? undefined : sum + bytes;
  }, 0n);
  const found = (await Promise.all(files.map(async (name) => (await stat(name)).size))).reduce(
    (sum, one) => sum + one,
    0,
  );
  if (declared !== undefined && declared !== BigInt(found))
    throw invalid(`its weights are ${found} bytes, ${declared} are declared`);
  const bytes = Buffer.concat(await Promise.all(files.map((name) => readFile(name))));
  return {
    modelTopology: model.modelTopology as object,
    format: model.format as string,
    signature: model.signature as object,
    weightSpecs,
    weightData: new Uint8Array(bytes).buffer,
  };
}

async function readJson(file: string): Promise<Record<string, unknown>> {
  const name = path.basename(file);
  let model: unknown;
  try {
    model = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw invalid(`${name} is no JSON`, cause);
  }
  const { modelTopology } = (model ?? {}) as Record<string, unknown>;
  if (typeof modelTopology !== 'object' || modelTopology === null)
    throw invalid(`${name} is no model of TensorFlow.js`);
  return model as Record<string, unknown>;
}

async function locate(file: string, names: string[]): Promise<string[]> {
  const folder = await realpath(path.dirname(file));
  return Promise.all(
    names.map(async (name) => {
      const weights = await realpath(path.join(folder, name)).catch(() => undefined);
      if (weights === undefined) throw invalid(`its weight file ${name} is missing`);
      if (!weights.startsWith(`${folder}${path.sep}`))
        throw invalid(`its weight file ${name} is outside of its folder`);
      return weights;
    }),
  );
}

/** Undefined for texts, whose length is not declared. */
function bytesOf({ name, shape, dtype, quantization }: Weight): bigint | undefined {
  if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && size >= 0))
    throw invalid(`weight ${name} has no sound shape`);
  if (dtype === 'string') return undefined;
  const width = BYTES[quantization?.dtype ?? dtype];
  if (width === undefined)
    throw invalid(`weight ${name} is of type ${quantization?.dtype ?? dtype}, which is not known`);
  return shape.reduce((product, size) => product * BigInt(size), BigInt(width));
}
