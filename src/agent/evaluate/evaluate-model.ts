/** Scores a candidate, and a champion where there is one, on the same holdout; over ports, so that it runs on fakes. */
import path from 'node:path';
import type { ReferenceProfile } from '../../domain/drift/profile.ts';
import { AppError } from '../../domain/errors.ts';
import type { Evaluation } from '../../domain/evaluate/evaluation.ts';
import type { Dataset, Model } from '../../domain/spec/valid.ts';
import type { DatasetReader, TableWriter } from '../../ports/dataset.ts';
import type { ReferenceMaker } from '../../ports/drift-source.ts';
import type { ModelRuntime } from '../../ports/model-runtime.ts';
import { chooseThresholds, withThresholds } from './choose-thresholds.ts';
import { withCustomMetrics } from './custom-metrics/compute-custom-metrics.ts';
import { judgeHoldout } from './judge-holdout.ts';
import { type OpenModels, openModels } from './open-models.ts';
import { testRobustness } from './robustness/test-robustness.ts';
import { type ScoredHoldout, scoreHoldout } from './score-holdout.ts';
import { seedOf } from './seed-of.ts';
import { measureServing } from './serving/measure-serving.ts';
import { NO_STAGES, type Stages } from './stage.ts';

export type EvaluationParts = {
  reader: DatasetReader;
  runtime: ModelRuntime;
  makeReference: ReferenceMaker;
  writeTable: TableWriter;
  /** Program and arguments of `servingProbe`, to which the input file is added. */
  probeCommand: string[];
};

/** An artifact as it lies in a folder, with the digest and the size that stand for it. */
export type Contestant = { model: Model; folder: string; digest: string; sizeBytes: number };

export type EvaluationRequest = {
  candidate: Contestant;
  champion?: Contestant & { version: string };
  /** There is a champion, but it is known already that it cannot be scored, and why. */
  championSkipped?: string;
  /** The candidate's model trained with further seeds. */
  repeats?: readonly { seed: number; folder: string }[];
  dataset: Dataset;
  /** Where the commands of custom metrics run; without it these metrics are left out. */
  metricsCheckout?: string;
  /** For the splits; whoever asks removes it. */
  workFolder: string;
  onProgress(line: string): void;
  stages?: Stages;
};

export type EvaluationOutcome = {
  evaluation: Evaluation;
  reference: ReferenceProfile;
  holdout: ScoredHoldout;
  /** The split that was scored, below the work folder. */
  file: string;
};

export async function evaluateModel(parts: EvaluationParts, request: EvaluationRequest): Promise<EvaluationOutcome> {
  const models = await openModels(parts.runtime, request);
  try {
    const { file, holdout, threshold } = await score(parts, request, models);
    const championSkipped = models.championSkipped ?? holdout.championFailed;
    if (championSkipped !== undefined) request.onProgress(`the champion is left out: ${championSkipped}`);
    const champion = holdout.scored.champion === undefined ? undefined : request.champion;
    const judged = await judgeHoldout(parts.reader, request, { file, holdout });
    request.onProgress('trying missing, far and changed inputs');
    const robustness = await testRobustness(
      parts.reader,
      { ...models.candidate, folder: request.candidate.folder },
      request.dataset,
      { file, holdout },
    );
    const evaluation: Evaluation = {
      version: 1,
      ...judged,
      threshold,
      candidate: { digest: request.candidate.digest },
      ...(champion === undefined ? {} : { champion: { digest: champion.digest, version: champion.version } }),
      ...(championSkipped === undefined ? {} : { championSkipped }),
      robustness,
      serving: await measure(parts, request, models, holdout),
    };
    const reference = await makeReference(parts, request, evaluation, file, holdout);
    return { evaluation, reference, holdout, file };
  } finally {
    await models.close();
  }
}

/** Custom metrics included: from here on nothing but numbers is needed. */
async function score(parts: EvaluationParts, request: EvaluationRequest, models: OpenModels) {
  const { dataset, workFolder, onProgress } = request;
  const { evaluate } = request.candidate.model;
  const { reader } = parts;
  const file = path.join(workFolder, 'holdout.parquet');
  const { rows } = await reader.materialise(dataset, evaluate.split, file);
  if (rows === 0) throw new AppError('config/data-invalid', `split ${evaluate.split} of ${dataset.name} has no rows`);
  if (evaluate.chooseThreshold !== undefined)
    onProgress(`choosing thresholds on split ${evaluate.chooseThreshold.split}`);
  const threshold = await chooseThresholds(models, { reader, dataset, workFolder });
  onProgress(`scoring ${rows} rows of split ${evaluate.split}`);
  const holdout = await scoreHoldout(reader, file, dataset, models, (done) => onProgress(`scored ${done} of ${rows}`));
  const scored = withThresholds(holdout.scored, threshold);
  const { champion: its, ...mine } = threshold;
  return {
    file,
    holdout: { ...holdout, scored: await addCustomMetrics(parts, request, scored, holdout.places) },
    threshold: scored.champion === undefined || its === undefined ? mine : { ...mine, champion: its },
  };
}

async function addCustomMetrics(
  { writeTable }: EvaluationParts,
  { candidate, metricsCheckout, workFolder, onProgress, stages }: EvaluationRequest,
  scored: ScoredHoldout['scored'],
  places: Int32Array,
): Promise<ScoredHoldout['scored']> {
  const metrics = candidate.model.evaluate.custom;
  if (metrics.length === 0) return scored;
  const names = metrics.map((metric) => metric.name).join(', ');
  if (metricsCheckout === undefined) {
    onProgress(`${names}: left out, since the base branch has no command for them yet`);
    return scored;
  }
  onProgress(`computing ${names}`);
  stages?.enter(`computing ${names}`);
  return withCustomMetrics(scored, places, { metrics, checkout: metricsCheckout, workFolder, writeTable });
}

async function measure(
  { probeCommand }: EvaluationParts,
  { candidate, champion, workFolder, onProgress, stages = NO_STAGES }: EvaluationRequest,
  models: OpenModels,
  { scored, sample, digest }: ScoredHoldout,
) {
  onProgress('measuring what serving costs');
  const compared = scored.champion === undefined || models.champion === undefined ? undefined : champion;
  const { gates, evaluate } = candidate.model;
  return measureServing({
    candidate: { ...candidate, ...models.candidate },
    ...(compared === undefined || models.champion === undefined
      ? {}
      : { champion: { ...compared, ...models.champion } }),
    sample,
    batches: gates.flatMap((gate) => (gate.kind === 'throughput' ? [gate.batch] : [])),
    seed: seedOf(digest, candidate.digest),
    confidence: evaluate.confidence,
    probe: { command: probeCommand, folder: workFolder },
    stages,
    now: () => performance.now(),
  });
}

async function makeReference(
  parts: EvaluationParts,
  { candidate: { model }, dataset, workFolder, onProgress }: EvaluationRequest,
  evaluation: Evaluation,
  holdoutFile: string,
  { scored, places }: ScoredHoldout,
): Promise<ReferenceProfile> {
  const trainFile = path.join(workFolder, 'train.parquet');
  await parts.reader.materialise(dataset, 'train', trainFile);
  onProgress('profiling the training split as the reference');
  const promised = evaluation.metrics.map(({ metric, candidate: { value, lower, upper } }) => ({
    metric,
    value,
    lower,
    upper,
  }));
  const { chosen, candidate: threshold } = evaluation.threshold;
  const reference = await parts.makeReference({
    trainFile,
    holdoutFile,
    places,
    model: { ...model, evaluate: { ...model.evaluate, threshold } },
    dataset,
    predictions: scored.candidate.values,
    labels: scored.labels,
    promised,
  });
  return chosen === undefined ? reference : { ...reference, threshold };
}
