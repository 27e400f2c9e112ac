import type { Evaluation } from '../domain/evaluate/evaluation.ts';
import { heatMap } from './chart/heat-map.ts';
import { lineChart, type Point } from './chart.ts';

export type Plot = { name: string; alt: string; svg: string };

/** The curves of an evaluation as pictures; those that the task has. */
export function evaluationPlots(evaluation: Evaluation): Plot[] {
  const { roc, calibration, residuals, confusion } = evaluation.curves;
  const plots: Plot[] = [];
  if (roc !== undefined) {
    const svg = lineChart({
      title: 'ROC curve',
      x: 'false-positive rate',
      y: 'true-positive rate',
      series: both(roc, (points) => points),
      xRange: [0, 1],
      yRange: [0, 1],
      guide: [
        [0, 0],
        [1, 1],
      ],
    });
    plots.push({ name: 'roc', alt: 'ROC curve', svg });
  }
  if (calibration !== undefined) {
    const svg = lineChart({
      title: 'Calibration',
      x: 'mean predicted probability',
      y: 'observed share',
      series: both(calibration, (bins) => bins.map(([predicted, observed]): Point => [predicted, observed])),
      xRange: [0, 1],
      yRange: [0, 1],
      guide: [
        [0, 0],
        [1, 1],
      ],
      marks: 'line+points',
    });
    plots.push({ name: 'calibration', alt: 'Calibration: observed share by predicted probability', svg });
  }
  if (residuals !== undefined) {
    const points = residuals.candidate;
    const values = points.flat();
    const range: [number, number] = [Math.min(...values), Math.max(...values)];
    const svg = lineChart({
      title: `Predicted and observed (${points.length} rows)`,
      x: 'predicted',
      y: 'observed',
      series: [{ name: 'candidate', points }],
      ...(points.length > 0
        ? {
            guide: [
              [range[0], range[0]],
              [range[1], range[1]],
            ] as [Point, Point],
          }
        : {}),
      marks: 'points',
    });
    plots.push({ name: 'residuals', alt: 'Predicted against observed values', svg });
  }
  if (confusion !== undefined) {
    const svg = heatMap({
      title: 'Confusion matrix of the candidate',
      rows: 'truth',
      columns: 'prediction',
      labels: confusion.classes,
      counts: confusion.candidate,
    });
    plots.push({ name: 'confusion', alt: 'Confusion matrix', svg });
  }
  return plots;
}

function both<T>(
  curves: { candidate: T; champion?: T },
  points: (curve: T) => Point[],
): { name: string; points: Point[] }[] {
  return [
    { name: 'candidate', points: points(curves.candidate) },
    ...(curves.champion === undefined ? [] : [{ name: 'champion', points: points(curves.champion) }]),
  ];
}
