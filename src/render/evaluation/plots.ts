/** The curves of an evaluation as pictures; those that the task has. */
import type { Evaluation } from '../../domain/evaluate/evaluation.ts';
import { heatMap } from '../chart/heat-map.ts';
import { histogram } from '../chart/histogram.ts';
import { lineChart, type Point, type Series } from '../chart.ts';
import { count } from '../format.ts';
import { foldedConfusion } from './folded-confusion.ts';

export type Plot = { name: string; alt: string; svg: string };
type Curves = Evaluation['curves'];
type Of<K extends keyof Curves> = NonNullable<Curves[K]>;

const UNIT: [number, number] = [0, 1];
const DIAGONAL: [Point, Point] = [
  [0, 0],
  [1, 1],
];

export function evaluationPlots(evaluation: Evaluation): Plot[] {
  const { roc, pr, calibration, scores, residuals, confusion } = evaluation.curves;
  return [
    ...(roc === undefined ? [] : [rocPlot(roc)]),
    ...(pr === undefined ? [] : [prPlot(pr, scores)]),
    ...(calibration === undefined ? [] : [calibrationPlot(calibration)]),
    ...(scores === undefined ? [] : [scoresPlot(scores, evaluation)]),
    ...(residuals === undefined ? [] : residualPlots(residuals.candidate)),
    ...(confusion === undefined ? [] : [confusionPlot(confusion)]),
    ...seedPlot(evaluation),
  ];
}

function rocPlot(roc: Of<'roc'>): Plot {
  const alt = `ROC curve of ${models(roc)}: true-positive rate by false-positive rate`;
  const svg = lineChart({
    title: 'ROC curve',
    x: 'false-positive rate',
    y: 'true-positive rate',
    series: both(roc, (points) => ({ points })),
    xRange: UNIT,
    yRange: UNIT,
    guide: DIAGONAL,
  });
  return { name: 'roc', alt, svg };
}

/** The guide is what chance gives: the share of positive rows. */
function prPlot(pr: Of<'pr'>, scores: Curves['scores']): Plot {
  const positive = sum(scores?.candidate.positive?.counts);
  const all = positive + sum(scores?.candidate.negative?.counts);
  const svg = lineChart({
    title: 'Precision and recall',
    x: 'recall',
    y: 'precision',
    series: both(pr, (points) => ({ points })),
    xRange: UNIT,
    yRange: UNIT,
    ...(all === 0
      ? {}
      : {
          guide: [
            [0, positive / all],
            [1, positive / all],
          ],
        }),
  });
  return { name: 'pr', alt: `Precision by recall of ${models(pr)}`, svg };
}

function calibrationPlot(calibration: Of<'calibration'>): Plot {
  const svg = lineChart({
    title: 'Calibration (area of a dot: its rows)',
    x: 'mean predicted probability',
    y: 'observed share',
    series: both(calibration, (bins) => ({
      points: bins.map(([predicted, observed]): Point => [predicted, observed]),
      sizes: bins.map(([, , rows]) => rows),
    })),
    xRange: UNIT,
    yRange: UNIT,
    guide: DIAGONAL,
    marks: 'line+points',
  });
  return {
    name: 'calibration',
    alt: `Calibration of ${models(calibration)}: observed share by predicted probability`,
    svg,
  };
}

function scoresPlot(scores: Of<'scores'>, { task, threshold }: Evaluation): Plot {
  const { candidate, champion } = scores;
  const binary = task === 'binary-classification' && candidate.positive !== undefined;
  const series = binary
    ? [
        { name: 'negative', ...candidate.negative, colour: 0 },
        { name: 'positive', ...candidate.positive, colour: 1 },
        { name: 'negative, champion', ...champion?.negative, colour: 0, outline: true },
        { name: 'positive, champion', ...champion?.positive, colour: 1, outline: true },
      ]
    : [
        { name: 'candidate', ...candidate.all, colour: 0 },
        { name: 'champion', ...champion?.all, colour: 1, outline: true },
      ];
  const svg = histogram({
    title: binary ? 'Predicted probabilities by class' : 'Distribution of the predictions',
    x: binary ? 'predicted probability' : 'prediction',
    series: series.map((one) => ({ edges: [], counts: [], ...one })),
    ...(binary ? { levels: [{ at: threshold.candidate, name: 'threshold' }], xRange: UNIT } : {}),
  });
  const what = binary ? 'Predicted probabilities of negative and positive rows' : 'Distribution of the predictions';
  return { name: 'scores', alt: `${what}: ${models(scores)}`, svg };
}

function residualPlots(points: Point[]): Plot[] {
  const values = points.flat().filter(Number.isFinite);
  const low = values.length === 0 ? 0 : Math.min(...values);
  const high = values.length === 0 ? 1 : Math.max(...values);
  const predicted = points.map(([value]) => value).filter(Number.isFinite);
  const rows = `${count(points.length)} rows drawn at random`;
  const observed = lineChart({
    title: `Observed and predicted values (${rows})`,
    x: 'predicted',
    y: 'observed',
    series: [{ name: 'candidate', points }],
    guide: [
      [low, low],
      [high, high],
    ],
    marks: 'points',
  });
  const residuals = lineChart({
    title: `Residuals (${rows})`,
    x: 'predicted',
    y: 'observed − predicted',
    series: [{ name: 'candidate', points: points.map(([value, truth]): Point => [value, truth - value]) }],
    ...(predicted.length === 0
      ? {}
      : {
          guide: [
            [Math.min(...predicted), 0],
            [Math.max(...predicted), 0],
          ],
        }),
    marks: 'points',
  });
  return [
    { name: 'observed', alt: 'Observed against predicted values of the candidate', svg: observed },
    { name: 'residuals', alt: 'Residuals of the candidate by predicted value', svg: residuals },
  ];
}

function confusionPlot(confusion: Of<'confusion'>): Plot {
  const { classes, counts, hidden } = foldedConfusion(confusion.classes, confusion.candidate);
  const svg = heatMap({
    title:
      hidden === 0 ? 'Confusion matrix of the candidate' : 'Confusion matrix of the candidate: most confused classes',
    rows: 'truth',
    columns: 'prediction',
    labels: classes,
    counts,
  });
  return { name: 'confusion', alt: 'Confusion matrix of the candidate: truth by prediction', svg };
}

/** Of the first metric; the guide is the champion's. */
function seedPlot({ seeds, metrics }: Evaluation): Plot[] {
  const [first] = seeds?.metrics ?? [];
  if (first === undefined || first.values.length < 2) return [];
  const champion = metrics.find((one) => one.metric === first.metric)?.champion?.value;
  const svg = lineChart({
    title: `${first.metric} by seed${champion === undefined ? '' : ' (dashed: champion)'}`,
    x: 'training, the first is the candidate',
    y: first.metric,
    series: [{ name: 'training', points: first.values.map((value, at): Point => [at + 1, value]) }],
    xRange: [0.5, first.values.length + 0.5],
    ...(champion === undefined
      ? {}
      : {
          guide: [
            [0.5, champion],
            [first.values.length + 0.5, champion],
          ],
        }),
    marks: 'points',
  });
  return [{ name: 'seeds', alt: `${first.metric} of each training by its seed`, svg }];
}

function both<T>(curves: { candidate: T; champion?: T }, drawn: (curve: T) => Omit<Series, 'name'>): Series[] {
  return [
    { name: 'candidate', ...drawn(curves.candidate) },
    ...(curves.champion === undefined ? [] : [{ name: 'champion', ...drawn(curves.champion), dashed: true }]),
  ];
}

function models(curves: { champion?: unknown }): string {
  return curves.champion === undefined ? 'the candidate' : 'candidate and champion';
}

function sum(counts: number[] | undefined): number {
  return (counts ?? []).reduce((total, one) => total + one, 0);
}
