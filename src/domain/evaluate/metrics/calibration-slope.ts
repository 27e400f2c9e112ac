import type { ScoredModel, ScoredRows } from '../scored-rows.ts';
import { clipProbability } from './probability-metrics.ts';
import { type Statistic, scoreRows } from './statistic.ts';

/** Intercept and slope of the logistic regression, and the inverse of its information matrix (a, b, b, d). */
type Fit = { intercept: number; slope: number; inverse: { a: number; b: number; d: number } };
type Data = { logits: Float64Array; labels: Float64Array; weights: Float64Array | undefined };

const MOST_STEPS = 40;
const SMALLEST_PART = 2 ** -20;

/**
 * Slope of the logistic regression of the label on logit(probability) (Cox 1958): 1 is calibrated, below 1 the model is
 * too sure of itself, above 1 not sure enough. NaN where there is no such regression: one class, one probability, or
 * classes that do not overlap.
 */
export function calibrationSlope(scored: ScoredRows, model: ScoredModel): Statistic {
  const logits = scoreRows(scored.rows, (row) => {
    const p = clipProbability(model.values[row] as number);
    return Math.log(p) - Math.log1p(-p);
  });
  const data: Data = { logits, labels: scored.labels, weights: scored.weights };
  const ones = new Uint8Array(scored.rows).fill(1);
  let whole: Fit | undefined | 'unknown' = 'unknown';
  const ofWhole = () => {
    if (whole === 'unknown') whole = regress(data, ones, { intercept: 0, slope: 1 });
    return whole;
  };
  return {
    // A resample's regression is near that of all rows.
    at: (counts) => regress(data, counts, ofWhole() ?? { intercept: 0, slope: 1 })?.slope ?? Number.NaN,
    influence: () => {
      const found = ofWhole();
      if (found === undefined) return new Float64Array(scored.rows).fill(Number.NaN);
      // M-estimator: inverse information times the row's score.
      return scoreRows(scored.rows, (row) => {
        const x = logits[row] as number;
        const weight = data.weights === undefined ? 1 : (data.weights[row] as number);
        const residual = (scored.labels[row] as number) - sigmoid(found.intercept + found.slope * x);
        return weight * residual * (found.inverse.b + found.inverse.d * x);
      });
    },
  };
}

/** By Newton's method; `undefined` when it does not converge. */
function regress(data: Data, counts: Uint8Array, start: { intercept: number; slope: number }): Fit | undefined {
  let { intercept, slope } = start;
  let now = derivatives(data, counts, intercept, slope);
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const inverse = inverseOf(now.information);
    if (inverse === undefined) return undefined;
    const [g0, g1] = now.gradient;
    const move = [inverse.a * g0 + inverse.b * g1, inverse.b * g0 + inverse.d * g1] as const;
    const rise = move[0] * g0 + move[1] * g1;
    if (!Number.isFinite(rise)) return undefined;
    // The likelihood is concave: a step after which it falls faster than it rose before has gone too far.
    let part = 1;
    let next = derivatives(data, counts, intercept + move[0], slope + move[1]);
    while (move[0] * next.gradient[0] + move[1] * next.gradient[1] < -rise / 2 && part > SMALLEST_PART) {
      part /= 2;
      next = derivatives(data, counts, intercept + part * move[0], slope + part * move[1]);
    }
    intercept += part * move[0];
    slope += part * move[1];
    now = next;
    // The next step would be about the square of this one.
    if (Math.max(Math.abs(move[0]), Math.abs(move[1])) < 1e-7 * (1 + Math.abs(intercept) + Math.abs(slope))) {
      return { intercept, slope, inverse: inverseOf(now.information) ?? inverse };
    }
  }
  return undefined;
}

/** `undefined` without spread among the logits, or without overlap of the classes. */
function inverseOf({ a, b, d }: Fit['inverse']): Fit['inverse'] | undefined {
  const determinant = a * d - b ** 2;
  if (!(determinant > 1e-12 * a * d)) return undefined;
  return { a: d / determinant, b: -b / determinant, d: a / determinant };
}

function derivatives({ logits, labels, weights }: Data, counts: Uint8Array, intercept: number, slope: number) {
  let [g0, g1, a, b, d] = [0, 0, 0, 0, 0];
  for (let row = 0; row < logits.length; row += 1) {
    const count = counts[row] as number;
    if (count === 0) continue;
    const weight = weights === undefined ? count : count * (weights[row] as number);
    const x = logits[row] as number;
    const p = sigmoid(intercept + slope * x);
    const residual = weight * ((labels[row] as number) - p);
    const curvature = weight * p * (1 - p);
    g0 += residual;
    g1 += residual * x;
    a += curvature;
    b += curvature * x;
    d += curvature * x * x;
  }
  return { gradient: [g0, g1] as const, information: { a, b, d } };
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
