import type { Dataset, Gate, Model } from '../spec/valid.ts';
import { codeDigest } from './code-digest.ts';
import type { TreeEntry } from './code-files.ts';
import { digestOf } from './digest.ts';

/**
 * `sha256:<hex>` of what an evaluation's result depends on besides the machine: the artifacts by digest, the rows that
 * are scored, how they are fed and which figures are computed.
 */
export function fingerprintEvaluation(inputs: {
  model: Model;
  dataset: Dataset;
  /** Those that govern; see `questionsOf`. */
  gates: readonly Gate[];
  candidateDigest: string;
  champion?: { digest: string; model: Model };
  /** Trainings with other seeds. */
  repeats: readonly { seed: number; digest: string }[];
  /** Of the commit whose commands compute the custom metrics; empty where there are none. */
  metricsTree: readonly TreeEntry[];
}): string {
  const { model, dataset, gates, candidateDigest, champion, repeats, metricsTree } = inputs;
  const { split, chooseThreshold, custom } = model.evaluate;
  return digestOf({
    task: model.task,
    evaluate: model.evaluate,
    signature: model.signature,
    seed: model.train.seed,
    questions: questionsOf(gates),
    source: dataset.source,
    window: dataset.window ?? null,
    split: dataset.splits[split] ?? null,
    thresholdSplit: chooseThreshold ? (dataset.splits[chooseThreshold.split] ?? null) : null,
    columns: dataset.columns,
    candidate: candidateDigest,
    champion: champion ? { digest: champion.digest, signature: champion.model.signature } : null,
    repeats: repeats.map(({ seed, digest }) => [seed, digest]),
    metricCode: custom.map(({ name, code }) => [name, codeDigest(metricsTree, code)]),
  });
}

/** What only decides how a finished evaluation is read. */
const LIMITS = new Set([
  ...['min', 'max', 'within', 'better', 'noWorseThan', 'onFail', 'onCannotTell'],
  ...['minRatio', 'maxRatio', 'maxDifference', 'maxShare'],
]);

/** Which figures gates ask for, without what they want them to be: a gate that is tightened needs no new evaluation. */
function questionsOf(gates: readonly Gate[]): object[] {
  return gates.map((gate) => {
    // The search for bad slices has its margin in what it looks for.
    const limits = gate.kind === 'discovered' ? ['onFail', 'onCannotTell'] : [...LIMITS];
    return Object.fromEntries(Object.entries(gate).filter(([key]) => !limits.includes(key)));
  });
}
