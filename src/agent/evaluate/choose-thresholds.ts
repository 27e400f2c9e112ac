/** The decision threshold of each model, given or chosen on rows that judge nothing. */
import path from 'node:path';
import { AppError } from '../../domain/errors.ts';
import { chooseThreshold } from '../../domain/evaluate/choose-threshold.ts';
import type { Evaluation } from '../../domain/evaluate/evaluation.ts';
import type { ScoredRows } from '../../domain/evaluate/scored-rows.ts';
import { parseMetric } from '../../domain/spec/metric-catalogue.ts';
import type { Dataset, Model } from '../../domain/spec/valid.ts';
import type { DatasetReader } from '../../ports/dataset.ts';
import type { OpenModels } from './open-models.ts';
import { type Scorer, scoreHoldout } from './score-holdout.ts';

export type Thresholds = Evaluation['threshold'];

type Place = { reader: DatasetReader; dataset: Dataset; workFolder: string };

/**
 * The candidate's rule holds for both models, so that they are compared at their best; where it has none, the champion
 * keeps its own rule. A champion that cannot be scored there keeps the threshold of its spec.
 */
export async function chooseThresholds(
  { candidate, champion }: Pick<OpenModels, 'candidate' | 'champion'>,
  place: Place,
): Promise<Thresholds> {
  const rule = candidate.model.evaluate.chooseThreshold;
  const mine = await chosen(candidate, candidate.model, place);
  const its =
    champion && (await championThreshold(champion, rule === undefined ? champion.model : candidate.model, place));
  return {
    candidate: mine,
    ...(its === undefined ? {} : { champion: its }),
    ...(rule === undefined ? {} : { chosen: rule }),
  };
}

export function withThresholds(scored: ScoredRows, thresholds: Thresholds): ScoredRows {
  const { candidate, champion } = scored;
  return {
    ...scored,
    candidate: { ...candidate, threshold: thresholds.candidate },
    ...(champion === undefined
      ? {}
      : { champion: { ...champion, threshold: thresholds.champion ?? champion.threshold } }),
  };
}

async function chosen(scorer: Scorer, by: Model, { reader, dataset, workFolder }: Place): Promise<number> {
  const rule = by.evaluate.chooseThreshold;
  if (rule === undefined) return scorer.model.evaluate.threshold;
  const { metric, split } = rule;
  const file = path.join(workFolder, `threshold-${split}.parquet`);
  const { rows } = await reader.materialise(dataset, split, file, by.evaluate.split);
  if (rows === 0) throw new AppError('config/data-invalid', `split ${split} of ${dataset.name} has no rows`);
  const { scored } = await scoreHoldout(reader, file, dataset, { candidate: scorer }, () => {});
  return chooseThreshold(scored, metric, parseMetric(metric).facts?.better === 'lower' ? 'lower' : 'higher');
}

async function championThreshold(champion: Scorer, by: Model, place: Place): Promise<number> {
  try {
    return await chosen(champion, by, place);
  } catch (error) {
    if (!(error instanceof AppError) || error.family !== 'config') throw error;
    return champion.model.evaluate.threshold;
  }
}
