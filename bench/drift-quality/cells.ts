/**
 * The cells that a column's numbers are counted in: the bins of our own grid, and beyond its ends sixteen cells a side
 * that each hold half of what is left, so that others' rules see the tails which our profile only counts.
 */
import { GRID_BINS, GRID_QUANTILES, numericGrid, valueAt } from '../../src/domain/drift/make-profile.ts';
import type { NumericProfile } from '../../src/domain/drift/profile.ts';
import { SHAPES, type ShapeName } from './shapes.ts';

export const TAIL_CELLS = 16;
/** Quantiles between which a reference's grid lies. */
const GRID_SHARE = 0.001;

export type NumericCells = {
  shape: ShapeName;
  grid: Pick<NumericProfile, 'low' | 'width' | 'scale'>;
  /** Between the cells, in the latent z; one fewer than cells. */
  edges: Float64Array;
  /** What a row of the cell counts as for rules that want values; ascending. */
  values: Float64Array;
};

/** Where rows of one origin lie: z ↦ location + scale · z. */
export type Part = { share: number; location: number; scale: number };

export function numericCells(name: ShapeName): NumericCells {
  const shape = SHAPES[name];
  const at = (p: number) => shape.value(shape.quantile(p));
  const { kind: _, ...grid } = numericGrid(at(GRID_SHARE), at(1 - GRID_SHARE), { quantiles: GRID_QUANTILES.map(at) });
  const tails = Array.from({ length: TAIL_CELLS - 1 }, (_, i) => GRID_SHARE / 2 ** (i + 1));
  const edges = Float64Array.from([
    ...tails.toReversed().map(shape.quantile),
    ...Array.from({ length: GRID_BINS + 1 }, (_, bin) => shape.latent(valueAt(bin, grid))),
    ...tails.map((p) => shape.quantile(1 - p)),
  ]);
  const values = new Float64Array(edges.length + 1);
  const end = GRID_SHARE / 2 ** TAIL_CELLS;
  values[0] = at(end);
  values[edges.length] = at(1 - end);
  for (let cell = 1; cell < edges.length; cell += 1) {
    values[cell] = (shape.value(edges[cell - 1]!) + shape.value(edges[cell]!)) / 2;
  }
  return { shape: name, grid, edges, values };
}

/** Shares of the cells in a mixture of parts. */
export function cellWeights({ shape, edges }: NumericCells, parts: Part[]): Float64Array {
  const { cdf } = SHAPES[shape];
  const weights = new Float64Array(edges.length + 1);
  for (const { share, location, scale } of parts) {
    let below = 0;
    for (let cell = 0; cell < edges.length; cell += 1) {
      const upTo = cdf((edges[cell]! - location) / scale);
      weights[cell]! += share * (upTo - below);
      below = upTo;
    }
    weights[edges.length]! += share * (1 - below);
  }
  return weights;
}

/** Our profile of these counts. */
export function numericProfile({ grid }: NumericCells, counts: Float64Array, nulls: number): NumericProfile {
  const bins: [number, number][] = [];
  let under = 0;
  let over = 0;
  for (let cell = 0; cell < counts.length; cell += 1) {
    const count = counts[cell]!;
    const bin = cell - TAIL_CELLS;
    if (count === 0) continue;
    if (bin < 0) under += count;
    else if (bin >= GRID_BINS) over += count;
    else bins.push([bin, count]);
  }
  return { kind: 'numeric', ...grid, bins, under, over, nulls, nans: 0, infinities: 0 };
}
