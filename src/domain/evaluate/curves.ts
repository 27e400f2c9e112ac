/** What the pictures of an evaluation are drawn from: few points, none that stands for a handful of rows. */
import type { Evaluation } from './evaluation.ts';
import { sortedOrder } from './intervals/delong.ts';
import { classesOf, decisions } from './metrics/decision-metrics.ts';
import { CALIBRATION_BINS, calibrationBin } from './metrics/probability-metrics.ts';
import type { ScoredModel, ScoredRows } from './scored-rows.ts';

type Curves = Evaluation['curves'];

const ROC_POINTS = 200;
const RESIDUAL_ROWS = 500;
/** A bin of fewer rows is not shown. */
const MIN_BIN_ROWS = 10;

/** `classes`: names in the order of the indices, for a classifier of several. */
export function curvesOf(scored: ScoredRows, classes: string[]): Curves {
  const { champion } = scored;
  const both = <T>(curve: (model: ScoredModel) => T) => ({
    candidate: curve(scored.candidate),
    ...(champion === undefined ? {} : { champion: curve(champion) }),
  });
  if (scored.task === 'regression') return { residuals: { candidate: residuals(scored) } };
  if (scored.task === 'multiclass-classification') return { confusion: { classes, candidate: confusion(scored) } };
  const positives = scored.labels.reduce((sum, label) => sum + label, 0);
  const hasBoth = positives > 0 && positives < scored.rows;
  return {
    ...(hasBoth ? { roc: both((model) => roc(scored.labels, model.values)) } : {}),
    calibration: both((model) => calibration(scored.labels, model.values)),
  };
}

/** From (0, 0) to (1, 1), thinned evenly along the thresholds. */
function roc(labels: Float64Array, scores: Float64Array): [number, number][] {
  const order = sortedOrder(scores).reverse();
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const negatives = labels.length - positives;
  const points: [number, number][] = [[0, 0]];
  let [hits, alarms] = [0, 0];
  for (let position = 0; position < order.length; position += 1) {
    const row = order[position] as number;
    if (labels[row] === 1) hits += 1;
    else alarms += 1;
    const next = order[position + 1];
    if (next === undefined || scores[next] !== scores[row])
      points.push([round(alarms / negatives), round(hits / positives)]);
  }
  if (points.length <= ROC_POINTS) return points;
  const step = (points.length - 1) / (ROC_POINTS - 1);
  return Array.from({ length: ROC_POINTS }, (_, index) => points[Math.round(index * step)] as [number, number]);
}

function calibration(labels: Float64Array, probabilities: Float64Array): [number, number, number][] {
  const bins = Array.from({ length: CALIBRATION_BINS }, () => ({ predicted: 0, came: 0, rows: 0 }));
  for (let row = 0; row < labels.length; row += 1) {
    const probability = probabilities[row] as number;
    const bin = bins[calibrationBin(probability)] as (typeof bins)[number];
    bin.predicted += probability;
    bin.came += labels[row] as number;
    bin.rows += 1;
  }
  return bins
    .filter((bin) => bin.rows >= MIN_BIN_ROWS)
    .map((bin) => [round(bin.predicted / bin.rows), round(bin.came / bin.rows), bin.rows]);
}

/** Every n-th row: of a fixed order, so that the same rows are shown each time. */
function residuals(scored: ScoredRows): [number, number][] {
  const shown = Math.min(RESIDUAL_ROWS, scored.rows);
  return Array.from({ length: shown }, (_, index) => {
    const row = Math.floor((index * scored.rows) / shown);
    return [scored.candidate.values[row] as number, scored.labels[row] as number];
  });
}

function confusion(scored: ScoredRows): number[][] {
  const classes = classesOf(scored);
  const decided = decisions(scored, scored.candidate);
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let row = 0; row < scored.rows; row += 1) {
    const truth = counts[scored.labels[row] as number] as number[];
    truth[decided[row] as number] = (truth[decided[row] as number] as number) + 1;
  }
  return counts;
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
