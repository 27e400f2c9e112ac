/** What may go wrong in production, and what of it a rule promises to see. */
import { cellWeights } from './cells.ts';
import { type Change, type ColumnModel, categories, numbers } from './column-models.ts';
import { mixedColumns, steadyWorld, type World } from './worlds.ts';

export type Shift = {
  name: string;
  world: World;
  /** To the first column, from the onset on. */
  change: Change;
  /** Windows that it lasts; default: to the end. */
  lasts?: number;
  /** Runs of the simulation, as a share of the usual number: many columns take long. */
  part?: number;
  /** The issue opens within so many windows in half of the runs at least, from so many rows a window on. */
  promise?: { rows: number; windows: number };
};

const among25 = (first: ColumnModel) =>
  steadyWorld([first, ...Array.from({ length: 23 }, (_, i) => numbers(`x${i + 1}`, 'normal')), PREDICTION]);
const PREDICTION = numbers('prediction', 'probability', 0);
const among200 = (first: ColumnModel) => steadyWorld([first, ...mixedColumns(198), PREDICTION]);
const normalFirst = among25(numbers('x0', 'normal'));
const categoriesFirst = among25(categories('c0', 20, 1));
const amountFirst = numbers('amount', 'lognormal');

/** Miles to kilometres. */
const UNIT = Math.log(1.609344);

export const SHIFTS: Shift[] = [
  { name: 'shift by .2 σ', world: normalFirst, change: { location: 0.2 } },
  { name: 'shift by .3 σ', world: normalFirst, change: { location: 0.3 }, promise: { rows: 10_000, windows: 3 } },
  { name: 'shift by .5 σ', world: normalFirst, change: { location: 0.5 }, promise: { rows: 500, windows: 2 } },
  { name: 'shift by 1 σ', world: normalFirst, change: { location: 1 }, promise: { rows: 500, windows: 2 } },
  { name: 'scale × 1.5', world: normalFirst, change: { scale: 1.5 } },
  { name: 'scale × 2', world: normalFirst, change: { scale: 2 } },
  { name: 'two of 20 categories change places', world: categoriesFirst, change: { swap: true } },
  { name: 'unseen values, 5 %', world: categoriesFirst, change: { unseen: 0.05 } },
  { name: 'missing values, 1 → 20 %', world: normalFirst, change: { nulls: 0.2 } },
  { name: 'missing values, 1 → 20 %, three windows long', world: normalFirst, change: { nulls: 0.2 }, lasts: 3 },
  { name: 'one of 200 columns in another unit', world: among200(amountFirst), change: { location: UNIT }, part: 0.25 },
  {
    name: 'one of 200 columns stuck at its least value',
    world: among200(amountFirst),
    change: { stuck: true },
    part: 0.25,
  },
  { name: 'one of 200 columns without values', world: among200(amountFirst), change: { nulls: 1 }, part: 0.25 },
  { name: 'one of 200 columns gone', world: among200(amountFirst), change: { gone: true }, part: 0.25 },
];

/** Largest distance of the CDFs, or population stability index, that the change makes in the population. */
export function trueEffect({ world, change }: Shift): string {
  const model = world.columns[0]!;
  if (change.gone || change.nulls === 1) return 'no values';
  if (change.nulls !== undefined) return `PSI ${psi([model.nulls, 1 - model.nulls], [change.nulls, 1 - change.nulls])}`;
  if (model.kind === 'categorical') {
    if (change.unseen !== undefined) return `${(100 * change.unseen).toFixed(0)} % of the rows`;
    const after = model.weights.slice();
    [after[0], after[1]] = [after[1]!, after[0]!];
    return `PSI ${psi(model.weights, after)}`;
  }
  if (change.stuck) return 'D 1.00';
  const still = { share: 1, location: 0, scale: 1 };
  const before = cellWeights(model.cells, [still]);
  const after = cellWeights(model.cells, [{ ...still, location: change.location ?? 0, scale: change.scale ?? 1 }]);
  let [difference, largest] = [0, 0];
  for (let cell = 0; cell < before.length; cell += 1) {
    difference += after[cell]! - before[cell]!;
    largest = Math.max(largest, Math.abs(difference));
  }
  return `D ${largest.toFixed(3)}`;
}

function psi(a: ArrayLike<number>, b: ArrayLike<number>): string {
  let total = 0;
  for (let i = 0; i < a.length; i += 1) total += (a[i]! - b[i]!) * Math.log(a[i]! / b[i]!);
  return total.toFixed(3);
}
