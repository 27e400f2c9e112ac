import type { BinSums } from '../metrics/calibration-error.ts';
import { rowsByGroup } from './rows-by-group.ts';

/** One value a model and bin: the models one after the other. */
export type Gaps = { gaps: Float64Array; covariance: Float64Array };

type Weighting = { weights?: Float64Array; groups?: Int32Array };

/** Weighted sum of the excess in each bin over the total weight, and the covariance of these ratios (delta method). */
export function gapsOf(models: readonly BinSums[], weighting: Weighting): Gaps {
  const size = models.reduce((sum, { bins }) => sum + bins, 0);
  const sums = unitSums(models, size, weighting);
  const gaps = sums.first.map((sum) => sum / sums.weight);
  const covariance = sums.products.map((product, cell) => {
    const [i, j] = [Math.floor(cell / size), cell % size];
    const [a, b] = [gaps[i] as number, gaps[j] as number];
    const crossed = a * (sums.withWeight[j] as number) + b * (sums.withWeight[i] as number);
    return (product - crossed + a * b * sums.weightSquares) / (sums.weight * sums.weight);
  });
  return { gaps, covariance };
}

/** Over units (rows, or groups of them): sums of x, x·xᵀ, x·w and w², x being a unit's excess by bin, w its weight. */
function unitSums(models: readonly BinSums[], size: number, { weights, groups }: Weighting) {
  const rows = models[0]?.binOf.length ?? 0;
  const order = groups === undefined ? undefined : rowsByGroup(groups);
  const [first, withWeight, products] = [new Float64Array(size), new Float64Array(size), new Float64Array(size * size)];
  let [weight, weightSquares] = [0, 0];
  const unit = unitOf(models, size);
  for (let place = 0; place < rows; ) {
    const row = order === undefined ? place : (order[place] as number);
    unit.add(row, weights === undefined ? 1 : (weights[row] as number));
    place += 1;
    const next = order?.[place];
    if (groups !== undefined && next !== undefined && groups[next] === groups[row]) continue;
    for (const i of unit.touched) {
      const x = unit.excess[i] as number;
      first[i] = (first[i] as number) + x;
      withWeight[i] = (withWeight[i] as number) + x * unit.weight;
      for (const j of unit.touched) {
        products[i * size + j] = (products[i * size + j] as number) + x * (unit.excess[j] as number);
      }
    }
    weight += unit.weight;
    weightSquares += unit.weight * unit.weight;
    unit.clear();
  }
  return { first, withWeight, products, weight, weightSquares };
}

/** A unit that is being added up; only the bins it touches are looked at, since most units are one row. */
function unitOf(models: readonly BinSums[], size: number) {
  const starts = models.map((_, index) => models.slice(0, index).reduce((sum, { bins }) => sum + bins, 0));
  return {
    excess: new Float64Array(size),
    touched: [] as number[],
    weight: 0,
    add(row: number, weight: number) {
      this.weight += weight;
      for (let index = 0; index < models.length; index += 1) {
        const { binOf, excess } = models[index] as BinSums;
        const place = (starts[index] as number) + (binOf[row] as number);
        if (!this.touched.includes(place)) this.touched.push(place);
        this.excess[place] = (this.excess[place] as number) + (excess[row] as number);
      }
    },
    clear() {
      for (const place of this.touched) this.excess[place] = 0;
      this.touched.length = 0;
      this.weight = 0;
    },
  };
}
