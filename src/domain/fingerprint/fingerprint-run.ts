import type { Json } from '../json.ts';
import type { Dataset, Model, RunnerSpec, Sweep } from '../spec/valid.ts';
import { codeDigest } from './code-digest.ts';
import type { TreeEntry } from './code-files.ts';
import { dataIdentity } from './data-identity.ts';
import { digestOf } from './digest.ts';

export type RunInputs = { model: Model; dataset: Dataset; runner?: RunnerSpec; tree: readonly TreeEntry[] };

/**
 * `sha256:<hex>` of everything that a training run's result depends on. Same fingerprint, same artifact: resources,
 * prices, gates, evaluation and prose are not in it.
 */
export function fingerprintRun(inputs: RunInputs): string {
  return digestOf(runParts(inputs));
}

/** The three inputs of a run, each comparable by itself. */
export function runParts({ model, dataset, runner, tree }: RunInputs): { code: Json; data: Json; params: Json } {
  const { train, artifact } = model;
  return {
    code: {
      files: codeDigest(tree, train.code, model.path),
      command: train.command,
      seed: train.seed,
      image: imageOf(runner) ?? null,
      artifact: { path: artifact.path, format: artifact.format },
    },
    data: dataIdentity(dataset, tree),
    params: train.sweep ? { params: train.params, sweep: sweepInputs(train.sweep) } : train.params,
  };
}

/** How many run at once changes no result. */
function sweepInputs({ parallel: _, ...sweep }: Sweep): Json {
  return { ...sweep, halving: sweep.halving ?? null };
}

/** Where the runner's policy names one, the image is part of what a result depends on. */
export function imageOf(runner: RunnerSpec | undefined): string | undefined {
  return runner && 'image' in runner ? runner.image : undefined;
}
