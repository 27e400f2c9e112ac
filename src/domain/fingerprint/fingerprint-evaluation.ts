import type { Dataset, Model } from '../spec/valid.ts';
import { digestOf } from './digest.ts';

/**
 * `sha256:<hex>` of what an evaluation's result depends on besides the machine: the artifacts by digest, the rows that
 * are scored, how they are fed and which figures are computed. Gates only read the result, so they are not in it.
 */
export function fingerprintEvaluation(inputs: {
  model: Model;
  dataset: Dataset;
  candidateDigest: string;
  champion?: { digest: string; model: Model };
}): string {
  const { model, dataset, candidateDigest, champion } = inputs;
  return digestOf({
    task: model.task,
    evaluate: model.evaluate,
    signature: model.signature,
    source: dataset.source,
    window: dataset.window ?? null,
    split: dataset.splits[model.evaluate.split] ?? null,
    columns: dataset.columns,
    candidate: candidateDigest,
    champion: champion ? { digest: champion.digest, signature: champion.model.signature } : null,
  });
}
