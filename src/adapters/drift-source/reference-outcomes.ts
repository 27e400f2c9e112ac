import { coarsen } from '../../domain/drift/coarsen.ts';
import { predictionKind } from '../../domain/drift/column-kind.ts';
import { isotonic } from '../../domain/drift/isotonic.ts';
import { GRID_BINS, GRID_QUANTILES, type Grid, makeProfile, numericGrid } from '../../domain/drift/make-profile.ts';
import { overDispersion } from '../../domain/drift/over-dispersion.ts';
import type { ColumnProfile, ReferenceColumn, ReferenceProfile } from '../../domain/drift/profile.ts';
import type { Model } from '../../domain/spec/valid.ts';
import { BLOCKS, lasting } from './reference-rows.ts';

/** What a model answered on the holdout, one value a row. */
export type Outcomes = {
  prediction: ArrayLike<number>;
  /** Of the chosen class. */
  confidence?: Float64Array;
};

/** A probability's grid covers all of them: calibration moves within it, and 0 and 1 stay where they are. */
const PROBABILITIES: Grid = { kind: 'numeric', low: 0, width: (1 / GRID_BINS) * (1 + 1e-9) };

/** `predictions` as the runtime answers them: one value a row, or rows × values. */
export function outcomesOf(model: Pick<Model, 'task'>, predictions: Float64Array, rows: number): Outcomes {
  const width = rows === 0 ? 1 : predictions.length / rows;
  const first = Float64Array.from({ length: rows }, (_, row) => predictions[row * width] as number);
  if (model.task === 'binary-classification')
    return { prediction: first, confidence: first.map((p) => Math.max(p, 1 - p)) };
  if (predictionKind(model) === 'numeric') return { prediction: first };
  const prediction = new Float64Array(rows);
  const confidence = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const scores = predictions.subarray(row * width, (row + 1) * width);
    confidence[row] = scores.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY);
    prediction[row] = Math.max(0, scores.indexOf(confidence[row] as number));
  }
  return { prediction, confidence };
}

/** `order`: rows as time went by; `seconds`: that a block of them lasts. */
export function outcomeColumns(
  model: Pick<Model, 'task' | 'signature'>,
  { prediction, confidence }: Outcomes,
  order: ArrayLike<number>,
  seconds?: number,
): Pick<ReferenceProfile, 'prediction' | 'confidence'> {
  const column = (name: 'prediction' | 'confidence', values: ArrayLike<number>, grid: Grid): ReferenceColumn => {
    const blocks = Array.from({ length: BLOCKS }, (_, block) => {
      const [from, to] = [block, block + 1].map((edge) => Math.floor((edge * order.length) / BLOCKS)) as [
        number,
        number,
      ];
      return makeProfile(name, pick(values, order, from, to), grid);
    });
    return {
      ...makeProfile(name, pick(values, order, 0, order.length), grid),
      measure: { of: 'value', column: name },
      overDispersion: lasting(overDispersion(blocks), seconds),
    };
  };
  return {
    prediction: column('prediction', prediction, gridOfPredictions(model, prediction)),
    ...(confidence === undefined ? {} : { confidence: column('confidence', confidence, PROBABILITIES) }),
  };
}

/** On the coarse grid, of the rows that are given. */
export function outcomeGroup(
  columns: Pick<ReferenceProfile, 'prediction' | 'confidence'>,
  { prediction, confidence }: Outcomes,
  rows: ArrayLike<number>,
  grids: { prediction: Grid; confidence?: Grid },
): ColumnProfile[] {
  const profile = (name: string, values: ArrayLike<number>, grid: Grid) =>
    coarsen(makeProfile(name, pick(values, rows, 0, rows.length), grid));
  return [
    profile(columns.prediction.column, prediction, grids.prediction),
    ...(confidence === undefined || grids.confidence === undefined
      ? []
      : [profile('confidence', confidence, grids.confidence)]),
  ];
}

/** Isotonic: of two classes the probability of the positive one, of several that the chosen one is right. */
export function calibrationOf(
  { task }: Pick<Model, 'task'>,
  { prediction, confidence }: Outcomes,
  labels: Float64Array,
): ReferenceProfile['calibration'] {
  if (labels.length === 0) return undefined;
  if (task === 'binary-classification') return isotonic(Float64Array.from(prediction), labels);
  if (task !== 'multiclass-classification' || confidence === undefined) return undefined;
  return isotonic(
    confidence,
    labels.map((label, row) => Number(label === prediction[row])),
  );
}

function gridOfPredictions(model: Pick<Model, 'task' | 'signature'>, values: ArrayLike<number>): Grid {
  if (model.task === 'binary-classification') return PROBABILITIES;
  if (predictionKind(model) === 'categorical') {
    const classes = model.signature.output.classes?.length ?? 1;
    return {
      kind: 'categorical',
      categories: Array.from({ length: classes }, (_, i) => String(i)).sort(),
      open: false,
    };
  }
  const finite = Float64Array.from(values).filter(Number.isFinite).sort();
  const at = (share: number) => finite[Math.min(finite.length - 1, Math.floor(share * finite.length))];
  const quantiles = finite.length === 0 ? [] : GRID_QUANTILES.map((share) => at(share) as number);
  return numericGrid(at(0.001), at(0.999), { quantiles });
}

function* pick(values: ArrayLike<number>, rows: ArrayLike<number>, from: number, to: number): Generator<number> {
  for (let i = from; i < to; i++) yield values[rows[i] as number] as number;
}
