/** Scores a candidate, and a champion where there is one, on the same holdout; over ports, so that it runs on fakes. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { ReferenceProfile } from '../../domain/drift/profile.ts';
import { AppError } from '../../domain/errors.ts';
import { chooseSlices } from '../../domain/evaluate/slices/choose-slices.ts';
import { curvesOf } from '../../domain/evaluate/curves.ts';
import { evaluateRows, metricsWanted, sliceMetricsWanted } from '../../domain/evaluate/evaluate-rows.ts';
import type { Evaluation } from '../../domain/evaluate/evaluation.ts';
import type { Dataset, Model } from '../../domain/spec/valid.ts';
import type { DatasetReader } from '../../ports/dataset.ts';
import type { ReferenceMaker } from '../../ports/drift-source.ts';
import type { LoadedModel, ModelRuntime } from '../../ports/model-runtime.ts';
import { championMisfit } from './champion-fits.ts';
import { measureServing } from './measure-serving.ts';
import { type ScoredHoldout, type Scorer, scoreHoldout } from './score-holdout.ts';

export type EvaluationParts = { reader: DatasetReader; runtime: ModelRuntime; makeReference: ReferenceMaker };

/** An artifact as it lies in a folder, with the digest and the size that stand for it. */
export type Contestant = { model: Model; folder: string; digest: string; sizeBytes: number };

export type EvaluationRequest = {
  candidate: Contestant;
  champion?: Contestant & { version: string };
  dataset: Dataset;
  /** For the splits; whoever asks removes it. */
  workFolder: string;
  onProgress(line: string): void;
};

export type EvaluationOutcome = { evaluation: Evaluation; reference: ReferenceProfile; holdout: ScoredHoldout };

export async function evaluateModel(parts: EvaluationParts, request: EvaluationRequest): Promise<EvaluationOutcome> {
  const { dataset, onProgress, workFolder } = request;
  const { model } = request.candidate;
  const loaded: LoadedModel[] = [];
  try {
    const candidate = { model, loaded: await load(parts, request.candidate, loaded) };
    const { champion, skipped } = await openChampion(parts, request, loaded);
    const file = path.join(workFolder, 'holdout.parquet');
    const { rows } = await parts.reader.materialise(dataset, model.evaluate.split, file);
    if (rows === 0)
      throw new AppError('config/data-invalid', `split ${model.evaluate.split} of ${dataset.name} has no rows`);
    onProgress(`scoring ${rows} rows of split ${model.evaluate.split}`);
    const holdout = await scoreHoldout(parts.reader, file, dataset, candidate, champion, (done) =>
      onProgress(`scored ${done} of ${rows}`),
    );
    const championSkipped = skipped ?? holdout.championFailed;
    if (championSkipped !== undefined) onProgress(`the champion is left out: ${championSkipped}`);
    const evaluation = await judgeRows(parts, request, holdout, file, championSkipped, { candidate, champion });
    const trainFile = path.join(workFolder, 'train.parquet');
    await parts.reader.materialise(dataset, 'train', trainFile);
    onProgress('profiling the training split as the reference');
    const promised = evaluation.metrics.map(({ metric, candidate: { value, lower, upper } }) => ({
      metric,
      value,
      lower,
      upper,
    }));
    const predictions = holdout.scored.candidate.values;
    const reference = await parts.makeReference({ trainFile, model, predictions, promised });
    return { evaluation, reference, holdout };
  } finally {
    for (const one of loaded) await one.close();
  }
}

async function judgeRows(
  parts: EvaluationParts,
  request: EvaluationRequest,
  holdout: ScoredHoldout,
  file: string,
  championSkipped: string | undefined,
  scorers: { candidate: Scorer; champion: Scorer | undefined },
): Promise<Evaluation> {
  const { candidate, champion, dataset, onProgress } = request;
  const { model } = candidate;
  const { scored } = holdout;
  const compared = championSkipped === undefined ? champion : undefined;
  onProgress('measuring latency');
  const serving = await measureServing(
    [
      { loaded: scorers.candidate.loaded, sizeBytes: candidate.sizeBytes },
      ...(compared !== undefined && scorers.champion !== undefined
        ? [{ loaded: scorers.champion.loaded, sizeBytes: compared.sizeBytes }]
        : []),
    ],
    holdout.sample,
  );
  const { slices, leftOut } = chooseSlices(
    holdout.categories,
    await conditions(parts, model, holdout, file),
    model.gates,
  );
  const { resamples, confidence, threshold } = model.evaluate;
  const seed = seedOf(holdout.digest, candidate.digest);
  const metrics = metricsWanted(model.task, model.evaluate.metrics, model.gates);
  onProgress(`${metrics.length} metrics, ${slices.length} slices, ${resamples} resamples`);
  const found = evaluateRows(scored, slices, metrics, sliceMetricsWanted(metrics, model.gates), {
    seed,
    resamples,
    confidence,
  });
  return {
    version: 1,
    task: model.task,
    dataset: dataset.name,
    holdoutDigest: holdout.digest,
    rows: scored.rows,
    seed,
    resamples,
    confidence,
    threshold,
    ...(holdout.groupedBy === undefined ? {} : { groupedBy: holdout.groupedBy }),
    candidate: { digest: candidate.digest, serving: serving[0] as Evaluation['candidate']['serving'] },
    ...(compared === undefined || serving[1] === undefined
      ? {}
      : { champion: { digest: compared.digest, version: compared.version, serving: serving[1] } }),
    ...(championSkipped === undefined ? {} : { championSkipped }),
    ...found,
    slicesLeftOut: leftOut,
    curves: labelIsPrivate(dataset) ? {} : curvesOf(scored, model.signature.output.classes ?? []),
  };
}

async function load(parts: EvaluationParts, one: Contestant, loaded: LoadedModel[]): Promise<LoadedModel> {
  const { artifact, signature, task } = one.model;
  const opened = await parts.runtime.load({ folder: one.folder, ...artifact, signature, task });
  loaded.push(opened);
  return opened;
}

/** A champion that cannot be used is said, not thrown: the candidate has a right to its own figures. */
async function openChampion(
  parts: EvaluationParts,
  { candidate, champion, dataset }: EvaluationRequest,
  loaded: LoadedModel[],
): Promise<{ champion?: Scorer; skipped?: string }> {
  if (champion === undefined) return {};
  const misfit = championMisfit(candidate.model, champion.model, dataset);
  if (misfit !== undefined) return { skipped: misfit };
  try {
    return { champion: { model: champion.model, loaded: await load(parts, champion, loaded) } };
  } catch (error) {
    if (!(error instanceof AppError) || error.family !== 'config') throw error;
    return { skipped: error.message };
  }
}

/** Rows of each declared condition, counted among those that were scored. */
async function conditions(parts: EvaluationParts, model: Model, holdout: ScoredHoldout, file: string) {
  const found = [];
  for (const slice of model.evaluate.slices) {
    if (slice.kind !== 'where') continue;
    const held = await parts.reader.matches(file, slice.where);
    const rows: number[] = [];
    for (let row = 0; row < holdout.places.length; row += 1)
      if (held[holdout.places[row] as number] === 1) rows.push(row);
    found.push({ name: slice.name, rows: Int32Array.from(rows) });
  }
  return found;
}

/** From what is evaluated, so that no author can look for a seed that suits. */
function seedOf(holdoutDigest: string, candidateDigest: string): number {
  return createHash('sha256').update(`${holdoutDigest}\n${candidateDigest}`).digest().readUInt32BE(0);
}

function labelIsPrivate(dataset: Dataset): boolean {
  return dataset.columns.some((column) => column.role === 'label' && column.pii);
}
