/** What the pictures of an evaluation are drawn from: few points, none that stands for a handful of rows. */
import { calibrationCurve } from './curves/calibration-curve.ts';
import { scoreHistograms } from './curves/score-histograms.ts';
import { type ThresholdCurves, thresholdCurves } from './curves/threshold-curves.ts';
import type { Evaluation } from './evaluation.ts';
import { classesOf, decisions } from './metrics/decision-metrics.ts';
import type { ScoredModel, ScoredRows } from './scored-rows.ts';

type Curves = Evaluation['curves'];

const RESIDUAL_ROWS = 500;

/** `classes`: names in the order of the indices, for a classifier of several. */
export function curvesOf(scored: ScoredRows, classes: string[]): Curves {
  if (scored.task === 'ranking') return {};
  if (scored.task === 'multiclass-classification') return { confusion: { classes, candidate: confusion(scored) } };
  const scores = scoreHistograms(scored);
  return scored.task === 'regression'
    ? { scores, residuals: { candidate: residuals(scored) } }
    : { ...binaryCurves(scored), scores };
}

function binaryCurves({ labels, weights, candidate, champion }: ScoredRows): Curves {
  const both = <T>(curve: (model: ScoredModel) => T) => ({
    candidate: curve(candidate),
    ...(champion === undefined ? {} : { champion: curve(champion) }),
  });
  const { candidate: own, champion: other } = both(({ values }) => thresholdCurves(labels, values, weights));
  const calibration = both(({ values }) => calibrationCurve(labels, values, weights));
  if (own === undefined) return { calibration };
  const each = <T>(part: (curves: ThresholdCurves) => T) => ({
    candidate: part(own),
    ...(other === undefined ? {} : { champion: part(other) }),
  });
  return { roc: each((curves) => curves.roc), pr: each((curves) => curves.pr), calibration };
}

/** Every n-th row: of a fixed order, so that the same rows are shown each time. */
function residuals({ rows, width, labels, candidate }: ScoredRows): [number, number][] {
  const shown = Math.min(RESIDUAL_ROWS, rows);
  return Array.from({ length: shown }, (_, index) => {
    const row = Math.floor((index * rows) / shown);
    return [candidate.values[row * width] as number, labels[row] as number];
  });
}

/** In rows, whatever they weigh. */
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
