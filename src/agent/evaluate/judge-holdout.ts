/** What follows from scored rows alone: the same on every machine. */
import { curvesOf } from '../../domain/evaluate/curves.ts';
import { evaluateRows, metricsWanted, sliceMetricsWanted } from '../../domain/evaluate/evaluate-rows.ts';
import type { Discovery, Evaluation, FairnessReport } from '../../domain/evaluate/evaluation.ts';
import { fairnessOf } from '../../domain/evaluate/fairness.ts';
import { seedVariance } from '../../domain/evaluate/seed-variance.ts';
import { chooseSlices } from '../../domain/evaluate/slices/choose-slices.ts';
import { discoverSlices } from '../../domain/evaluate/slices/discover-slices.ts';
import type { Dataset, Gate, MetricName, Model } from '../../domain/spec/valid.ts';
import type { DatasetReader } from '../../ports/dataset.ts';
import { conditionRows } from './condition-rows.ts';
import type { EvaluationRequest } from './evaluate-model.ts';
import type { ScoredHoldout } from './score-holdout.ts';
import { seedOf } from './seed-of.ts';

type Judged = Omit<
  Evaluation,
  'version' | 'threshold' | 'candidate' | 'champion' | 'championSkipped' | 'robustness' | 'serving'
>;

export async function judgeHoldout(
  reader: DatasetReader,
  { candidate, repeats = [], dataset, onProgress }: EvaluationRequest,
  { file, holdout }: { file: string; holdout: ScoredHoldout },
): Promise<Judged> {
  const { model, digest } = candidate;
  const { scored, categories, numbers } = holdout;
  const { resamples, confidence, slices: specs } = model.evaluate;
  const seed = seedOf(holdout.digest, digest);
  const conditions = await conditionRows(reader, file, specs, holdout.places);
  const { slices, leftOut } = chooseSlices({ categories, numbers, conditions, specs, gates: model.gates });
  const metrics = metricsOf(model, holdout);
  onProgress(`${metrics.length} metrics, ${slices.length} slices, ${resamples} resamples`);
  const options = { seed, resamples, confidence, custom: model.evaluate.custom };
  const found = evaluateRows(scored, slices, metrics, sliceMetricsWanted(metrics, model.gates), options);
  const discovery = discover(model, holdout, metrics, seed);
  return {
    model: model.name,
    task: model.task,
    dataset: dataset.name,
    holdoutDigest: holdout.digest,
    rows: scored.rows,
    unlabelled: holdout.unlabelled,
    seed,
    resamples,
    confidence,
    ...(holdout.groupedBy === undefined ? {} : { groupedBy: holdout.groupedBy }),
    ...(holdout.weightedBy === undefined ? {} : { weightedBy: holdout.weightedBy }),
    ...found,
    slicesLeftOut: leftOut,
    ...(discovery === undefined ? {} : { discovery }),
    fairness: fairness(model, holdout),
    ...(repeats.length === 0 ? {} : { seeds: seedsOf(model, holdout, repeats, metrics) }),
    curves: labelIsPrivate(dataset) ? {} : curvesOf(scored, model.signature.output.classes ?? []),
  };
}

/** Of the custom ones those that were computed. */
function metricsOf(model: Model, { scored }: ScoredHoldout): MetricName[] {
  const declared = new Set(model.evaluate.custom.map((metric) => metric.name));
  const wanted = metricsWanted(model.task, [...model.evaluate.metrics, ...declared], model.gates);
  return wanted.filter((metric) => !declared.has(metric) || scored.candidate.custom?.[metric] !== undefined);
}

/** By the metric that a gate asks for, else the first that is reported. */
function discover(
  { evaluate, gates }: Model,
  { scored, categories, numbers }: ScoredHoldout,
  metrics: readonly MetricName[],
  seed: number,
): Discovery | undefined {
  if (evaluate.discover === undefined) return undefined;
  const { columns, minRows } = evaluate.discover;
  const gated = gates.find((gate): gate is Extract<Gate, { kind: 'discovered' }> => gate.kind === 'discovered');
  const metric = gated?.metric ?? metrics[0];
  if (metric === undefined) return undefined;
  const searched = [...categories, ...numbers].filter(({ column }) => columns.includes(column));
  return discoverSlices(scored, searched, metric, {
    minRows,
    seed,
    confidence: evaluate.confidence,
    custom: evaluate.custom,
  });
}

/** One report a column and rate; gates that differ in their rows share the one with the fewest. */
function fairness({ gates, evaluate }: Model, { scored, categories }: ScoredHoldout): FairnessReport[] {
  const asked = gates.filter((gate) => gate.kind === 'fairness');
  const reports = new Map(asked.map((gate) => [`${gate.rate} ${gate.by}`, gate]));
  return [...reports.values()].flatMap(({ rate, by }) => {
    const column = categories.find((one) => one.column === by);
    if (column === undefined) return [];
    const same = asked.filter((gate) => gate.rate === rate && gate.by === by);
    const minRows = Math.min(...same.map((gate) => gate.minRows));
    return [fairnessOf(scored, column, rate, { minRows, confidence: evaluate.confidence })];
  });
}

function seedsOf(
  model: Model,
  { scored, repeats: predictions }: ScoredHoldout,
  repeats: NonNullable<EvaluationRequest['repeats']>,
  metrics: readonly MetricName[],
) {
  const custom = new Set(model.evaluate.custom.map((metric) => metric.name));
  const seeds = [model.train.seed, ...repeats.map(({ seed }) => seed)];
  return seedVariance(
    scored,
    predictions,
    seeds,
    metrics.filter((metric) => !custom.has(metric)),
  );
}

function labelIsPrivate(dataset: Dataset): boolean {
  return dataset.columns.some((column) => column.role === 'label' && column.pii);
}
