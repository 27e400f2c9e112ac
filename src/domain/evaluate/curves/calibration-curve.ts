import { FEW_ROWS, rounded } from './few-rows.ts';

const BINS = 10;

/** Mean predicted, observed share, rows of each of ten bins of equal width; the means are weighted. */
export function calibrationCurve(
  labels: Float64Array,
  probabilities: Float64Array,
  weights: Float64Array | undefined,
): [number, number, number][] {
  const bins = Array.from({ length: BINS }, () => ({ predicted: 0, came: 0, weight: 0, rows: 0 }));
  for (let row = 0; row < labels.length; row += 1) {
    const probability = probabilities[row] as number;
    const bin = bins[Math.min(BINS - 1, Math.max(0, Math.floor(probability * BINS)))] as (typeof bins)[number];
    const weight = weights?.[row] ?? 1;
    bin.predicted += weight * probability;
    bin.came += weight * (labels[row] as number);
    bin.weight += weight;
    bin.rows += 1;
  }
  return bins
    .filter((bin) => bin.rows >= FEW_ROWS && bin.weight > 0)
    .map((bin) => [rounded(bin.predicted / bin.weight), rounded(bin.came / bin.weight), bin.rows]);
}
