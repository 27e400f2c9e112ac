/** Columns of a simulated stream and how their rows are drawn. */
import { seededRandom } from '../../src/domain/statistics/seeded-random.ts';
import { normal } from '../simulation/normal.ts';
import { cellWeights, type NumericCells, numericCells, type Part } from './cells.ts';
import { drawBinomial, drawCounts } from './draw.ts';
import type { ShapeName } from './shapes.ts';

export type ColumnModel = { name: string; nulls: number } & (
  | { kind: 'numeric'; cells: NumericCells }
  /** `tilt`: of each category, mean 0 and deviation 1 over the rows; a location of s makes it exp(s·tilt) times as likely. */
  | { kind: 'categorical'; weights: Float64Array; tilt: Float64Array }
);

/** What a window's rows hold. Numbers by cell; categories by their number, `unseen` beside them. */
export type DrawnColumn = { rows: number; counts: Float64Array; nulls: number; unseen: number };

/** What is done to a column from some window on. */
export type Change = {
  location?: number;
  scale?: number;
  /** Share of the rows, instead of the column's own. */
  nulls?: number;
  /** Share of the values that no one has seen before. */
  unseen?: number;
  /** The two likeliest categories change places. */
  swap?: true;
  /** Every value is the least there is. */
  stuck?: true;
  /** There is no such column. */
  gone?: true;
};

const SEVERAL = new Map<ShapeName, NumericCells>();

export function numbers(name: string, shape: ShapeName, nulls = 0.01): ColumnModel {
  const cells = SEVERAL.get(shape) ?? numericCells(shape);
  SEVERAL.set(shape, cells);
  return { name, kind: 'numeric', cells, nulls };
}

/** Shares fall as rank^−`slope`. */
export function categories(name: string, count: number, slope: number, nulls = 0.01): ColumnModel {
  const weights = Float64Array.from({ length: count }, (_, rank) => (rank + 1) ** -slope);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const random = seededRandom(count * 31 + 7);
  const tilt = Float64Array.from(weights, () => normal(random));
  let mean = 0;
  weights.forEach((weight, i) => {
    weights[i] = weight / total;
    mean += weights[i]! * tilt[i]!;
  });
  let variance = 0;
  weights.forEach((weight, i) => {
    variance += weight * (tilt[i]! - mean) ** 2;
  });
  return {
    name,
    kind: 'categorical',
    weights,
    tilt: tilt.map((score) => (score - mean) / Math.sqrt(variance)),
    nulls,
  };
}

export function drawColumn(
  model: ColumnModel,
  rows: number,
  parts: Part[],
  random: () => number,
  change: Change = {},
): DrawnColumn {
  const nulls = drawBinomial(rows, change.nulls ?? model.nulls, random);
  const unseen = drawBinomial(rows - nulls, change.unseen ?? 0, random);
  const weights = changedWeights(model, parts, change);
  return { rows, counts: drawCounts(rows - nulls - unseen, weights, random), nulls, unseen };
}

export function addDrawn(a: DrawnColumn | undefined, b: DrawnColumn): DrawnColumn {
  if (a === undefined) return { ...b, counts: b.counts.slice() };
  for (let cell = 0; cell < a.counts.length; cell += 1) a.counts[cell]! += b.counts[cell]!;
  return { rows: a.rows + b.rows, counts: a.counts, nulls: a.nulls + b.nulls, unseen: a.unseen + b.unseen };
}

function changedWeights(model: ColumnModel, parts: Part[], change: Change): Float64Array {
  const { location = 0, scale = 1 } = change;
  const still = location === 0 && scale === 1;
  const weights = still
    ? weightsOf(model, parts)
    : weightsOf(
        model,
        parts.map((part) => ({ ...part, location: part.location + location, scale: part.scale * scale })),
      );
  if (!change.swap && !change.stuck) return weights;
  const changed = weights.slice();
  if (change.swap) [changed[0], changed[1]] = [changed[1]!, changed[0]!];
  if (change.stuck) changed.fill(0).set([1]);
  return changed;
}

/** By the identity of the parts, and then of what is drawn: levels that return are worked out once. */
const KNOWN = new WeakMap<Part[], Map<object, Float64Array>>();

function weightsOf(model: ColumnModel, parts: Part[]): Float64Array {
  const known = KNOWN.get(parts) ?? new Map<object, Float64Array>();
  KNOWN.set(parts, known);
  const origin = model.kind === 'numeric' ? model.cells : model;
  const weights =
    known.get(origin) ?? (model.kind === 'numeric' ? cellWeights(model.cells, parts) : tilted(model, parts));
  known.set(origin, weights);
  return weights;
}

function tilted({ weights, tilt }: Extract<ColumnModel, { kind: 'categorical' }>, parts: Part[]): Float64Array {
  const mixed = new Float64Array(weights.length);
  for (const { share, location } of parts) {
    const part = location === 0 ? weights : weights.map((weight, i) => weight * Math.exp(location * tilt[i]!));
    const total = part.reduce((sum, weight) => sum + weight, 0);
    for (let i = 0; i < mixed.length; i += 1) mixed[i]! += (share * part[i]!) / total;
  }
  return mixed;
}
