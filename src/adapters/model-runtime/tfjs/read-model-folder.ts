import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { invalid } from '../invalid.ts';
import type { Tensorflow } from './load-tensorflow.ts';

type Manifest = { paths: string[]; weights: Tensorflow.io.WeightsManifestEntry[] }[];

/** `model.json` and the weight files beside it, which may not lie outside its folder. */
export async function readModelFolder(file: string): Promise<Tensorflow.io.ModelArtifacts> {
  const model = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  const manifest = (model.weightsManifest ?? []) as Manifest;
  const folder = await realpath(path.dirname(file));
  const parts: Buffer[] = [];
  for (const name of manifest.flatMap((group) => group.paths)) {
    const weights = await realpath(path.join(folder, name)).catch(() => undefined);
    if (weights === undefined) throw invalid(`its weight file ${name} is missing`);
    if (!weights.startsWith(`${folder}${path.sep}`)) throw invalid(`its weight file ${name} is outside of its folder`);
    parts.push(await readFile(weights));
  }
  const bytes = Buffer.concat(parts);
  return {
    modelTopology: model.modelTopology as object,
    format: model.format as string,
    signature: model.signature as object,
    weightSpecs: manifest.flatMap((group) => group.weights),
    weightData: new Uint8Array(bytes).buffer,
  };
}
