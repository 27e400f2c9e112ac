/** Are a window's numbers the reference's in another unit? */
import { sum, supDistance } from './distances.ts';
import { GRID_BINS, scaled, valueAt } from './make-profile.ts';
import type { ColumnProfile, NumericProfile } from './profile.ts';
import { numericCells } from './profile-cells.ts';

/** What people write down in two ways; each is tried upside down as well. */
const FACTORS: [number, string][] = [
  [1000, '1,000'],
  [100, '100'],
  [60, '60'],
  [3600, '3,600'],
  [24, '24'],
  [1024, '1,024'],
  [1_000_000, '1,000,000'],
  [1.609344, '1.609 (miles and kilometres)'],
  [1.852, '1.852 (nautical miles and kilometres)'],
  [2.54, '2.54 (inches and centimetres)'],
  [3.28084, '3.281 (metres and feet)'],
  [2.2046226, '2.205 (kilograms and pounds)'],
  [3.6, '3.6 (metres a second and kilometres an hour)'],
  [3.785412, '3.785 (gallons and litres)'],
  [-1, '−1'],
];

/** What is left of the distance when the unit is right. */
const LEFT = 0.25;
/** Of the rows, outside of the reference's range on one side. */
const OUTSIDE = 0.9;
/** So many cells of the grid, with so much of the rows, are a shape that is evidence. */
const DISTINCT = 8;
const WITHIN = 0.5;

/** How the values came from the reference's: ' × 1,000', or undefined when no usual change of unit explains them. */
export function findUnit(reference: ColumnProfile, window: ColumnProfile): string | undefined {
  if (reference.kind !== 'numeric' || window.kind !== 'numeric' || window.width !== reference.width) return undefined;
  const seen = numericCells(window);
  const plain = supDistance(numericCells(reference), seen);
  let best: { distance: number; text: string } | undefined;
  for (const { map, text } of changes()) {
    const cells = changed(reference, map);
    if (!hasShape(cells)) continue;
    const distance = supDistance(cells, seen);
    if (distance < LEFT * plain && distance < (best?.distance ?? 1)) best = { distance, text };
  }
  return best?.text;
}

/** Share of the window's values beyond the reference's range on one side, when that is nearly all. */
export function findOutside(window: ColumnProfile): { side: 'above' | 'below'; share: number } | undefined {
  if (window.kind !== 'numeric') return undefined;
  const values = sum(numericCells(window));
  if (values === 0) return undefined;
  const [side, count] =
    window.over > window.under ? (['above', window.over] as const) : (['below', window.under] as const);
  return count / values >= OUTSIDE ? { side, share: count / values } : undefined;
}

function hasShape(cells: number[]): boolean {
  const within = cells.slice(1, -1);
  return within.filter((count) => count > 0).length >= DISTINCT && sum(within) >= WITHIN * sum(cells);
}

function changes(): { map: (x: number) => number; text: string }[] {
  const factors = FACTORS.flatMap(([factor, name]) => {
    const times = { map: (x: number) => x * factor, text: `the reference's values times ${name}` };
    const by = { map: (x: number) => x / factor, text: `the reference's values divided by ${name}` };
    return factor === -1 ? [times] : [times, by];
  });
  return [
    ...factors,
    { map: (x) => 1.8 * x + 32, text: "the reference's values from °C to °F" },
    { map: (x) => (x - 32) / 1.8, text: "the reference's values from °F to °C" },
    { map: (x) => x + 273.15, text: "the reference's values from °C to K" },
    { map: (x) => x - 273.15, text: "the reference's values from K to °C" },
  ];
}

/** The reference's rows where they would lie. A bin that is drawn out over several is spread evenly. */
function changed(reference: NumericProfile, map: (x: number) => number): number[] {
  const cells = new Array<number>(GRID_BINS + 2).fill(0);
  const place = (x: number) => (scaled(x, reference) - reference.low) / reference.width;
  for (const [bin, count] of reference.bins) {
    const edges = [place(map(valueAt(bin, reference))), place(map(valueAt(bin + 1, reference)))];
    spread(cells, Math.min(...edges), Math.max(...edges), count);
  }
  const [first, last] = [place(map(valueAt(0, reference))), place(map(valueAt(GRID_BINS, reference)))];
  spread(cells, first, first, reference.under);
  spread(cells, last, last, reference.over);
  return cells;
}

function spread(cells: number[], low: number, high: number, count: number): void {
  const at = (place: number) => Math.min(GRID_BINS + 1, Math.max(0, Math.floor(place) + 1));
  const [first, last] = [at(low), at(high)];
  if (first === last || !(high > low)) {
    cells[first]! += count;
    return;
  }
  for (let cell = first; cell <= last; cell++) {
    const from = cell === 0 ? low : Math.max(low, cell - 1);
    const to = cell === GRID_BINS + 1 ? high : Math.min(high, cell);
    cells[cell]! += (count * Math.max(0, to - from)) / (high - low);
  }
}
