/** Metrics of the confusion matrix, each with its derivative. An undefined one (0 / 0) is NaN. */
import type { Margins, OfMargins } from './confusion-statistic.ts';

/** scale · hits / (ofTruth · truth + ofDecided · decided) of one class: precision, recall and F in one form. */
type Ratio = { scale: number; ofTruth: number; ofDecided: number };

export const PRECISION: Ratio = { scale: 1, ofTruth: 0, ofDecided: 1 };
export const RECALL: Ratio = { scale: 1, ofTruth: 1, ofDecided: 0 };

/** Recall counts `beta` times as much as precision; in the form that is defined where precision is not. */
export function fBeta(beta: number): Ratio {
  return { scale: 1 + beta ** 2, ofTruth: beta ** 2, ofDecided: 1 };
}

/** Of one class: of binary ones 1 is the positive. */
export function ofClass(ratio: Ratio, label: number): OfMargins {
  return (margins, slope) => ratioOf(ratio, margins, label, slope, 1);
}

/**
 * Mean over the classes that are there or decided. One that has no precision (never decided) or no recall (never there)
 * counts as 0, as scikit-learn has it.
 */
export function macro(ratio: Ratio): OfMargins {
  return (margins, slope) => {
    const { truth, decided } = margins;
    let present = 0;
    for (let label = 0; label < truth.length; label += 1) {
      if ((truth[label] as number) > 0 || (decided[label] as number) > 0) present += 1;
    }
    let sum = 0;
    for (let label = 0; label < truth.length; label += 1) {
      sum += orZero(ratioOf(ratio, margins, label, slope, 1 / present));
    }
    return present === 0 ? Number.NaN : sum / present;
  };
}

/** Mean over the classes by their share of the rows; an undefined one counts as 0. */
export function weighted(ratio: Ratio): OfMargins {
  return (margins, slope) => {
    const { truth } = margins;
    const total = sumOf(truth);
    let value = 0;
    for (let label = 0; label < truth.length; label += 1) {
      const share = (truth[label] as number) / total;
      const own = orZero(ratioOf(ratio, margins, label, slope, share));
      if (slope !== undefined) slope.truth[label] = (slope.truth[label] as number) + own / total;
      value += share * own;
    }
    if (slope !== undefined) for (let k = 0; k < truth.length; k += 1) shift(slope.truth, k, -value / total);
    return value;
  };
}

/** Mean recall of the classes that have rows; NaN unless two have. */
export const balancedAccuracy: OfMargins = (margins, slope) => {
  const { truth } = margins;
  let present = 0;
  for (let label = 0; label < truth.length; label += 1) if ((truth[label] as number) > 0) present += 1;
  if (present < 2) return Number.NaN;
  let sum = 0;
  for (let label = 0; label < truth.length; label += 1) {
    sum += orZero(ratioOf(RECALL, margins, label, slope, 1 / present));
  }
  return sum / present;
};

/** Matthews' correlation of truth and decision, for any number of classes (Gorodkin 2004); NaN where one is constant. */
export const matthews: OfMargins = ({ hits, truth, decided }, slope) => {
  const total = sumOf(truth);
  const hit = sumOf(hits);
  let [both, ofTruth, ofDecided] = [hit * total, total ** 2, total ** 2];
  for (let label = 0; label < truth.length; label += 1) {
    const [there, said] = [truth[label] as number, decided[label] as number];
    both -= there * said;
    ofTruth -= there ** 2;
    ofDecided -= said ** 2;
  }
  const scale = Math.sqrt(ofTruth * ofDecided);
  const value = both / scale;
  if (slope !== undefined) {
    for (let label = 0; label < truth.length; label += 1) {
      const [there, said] = [truth[label] as number, decided[label] as number];
      slope.hits[label] = total / scale;
      slope.truth[label] = (hit - said) / scale - value * ((total - there) / ofTruth + total / ofDecided);
      slope.decided[label] = -there / scale + (value * said) / ofDecided;
    }
  }
  return scale > 0 ? value : Number.NaN;
};

/** Agreement beyond what the margins would give by chance (Cohen 1960); NaN where that is certain. */
export const cohenKappa: OfMargins = ({ hits, truth, decided }, slope) => {
  const total = sumOf(truth);
  const agreed = sumOf(hits) / total;
  let expected = 0;
  for (let label = 0; label < truth.length; label += 1) {
    expected += ((truth[label] as number) / total) * ((decided[label] as number) / total);
  }
  const rest = 1 - expected;
  if (slope !== undefined) {
    const byExpected = (1 - agreed) / (rest * rest);
    for (let label = 0; label < truth.length; label += 1) {
      const [there, said] = [(truth[label] as number) / total, (decided[label] as number) / total];
      slope.hits[label] = 1 / (rest * total);
      slope.truth[label] = (-agreed / rest - byExpected * (said - 2 * expected)) / total;
      slope.decided[label] = (-byExpected * there) / total;
    }
  }
  return rest > 0 ? (agreed - expected) / rest : Number.NaN;
};

/** Adds `share` times the derivative to `slope`, nothing where it is not defined. */
function ratioOf(ratio: Ratio, margins: Margins, label: number, slope: Margins | undefined, share: number): number {
  const below = ratio.ofTruth * (margins.truth[label] as number) + ratio.ofDecided * (margins.decided[label] as number);
  if (below === 0) return Number.NaN;
  const value = (ratio.scale * (margins.hits[label] as number)) / below;
  if (slope !== undefined) {
    shift(slope.hits, label, (share * ratio.scale) / below);
    shift(slope.truth, label, (-share * value * ratio.ofTruth) / below);
    shift(slope.decided, label, (-share * value * ratio.ofDecided) / below);
  }
  return value;
}

function shift(values: Float64Array, index: number, by: number): void {
  values[index] = (values[index] as number) + by;
}

function orZero(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += values[index] as number;
  return sum;
}
