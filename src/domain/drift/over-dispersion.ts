/**
 * Rows of production are not independent: mornings differ from evenings, days from days. How much more the shares of a
 * column vary between stretches of rows than chance allows is seen in the training data, cut into blocks of consecutive
 * rows, and taken off what a number of rows is worth.
 */
import { sum } from './distances.ts';
import { mergeProfiles } from './merge-columns.ts';
import type { ColumnProfile, OverDispersion } from './profile.ts';
import { cumulativeAt, decileEdges, numericCells, poolCategories } from './profile-cells.ts';

/** Blocks that are joined to see whether their differences last. */
const JOINED = 4;
/** Fewer than this many and joined ones say nothing. */
const ENOUGH_BLOCKS = 8 * JOINED;
/** The power of growth is known about so well; the cautious end is used. */
const GROWTH_MARGIN = 0.2;

/**
 * Of blocks of consecutive rows (64 of equal size serve well; at least 2), in their order. Numeric: variance of the
 * cumulative shares at the deciles, Σ n(F − F̄)² / (B − 1), over F̄(1 − F̄). Categorical: of the standardised shares. Both
 * weigh a direction by how much there is in it, tr Σ² / tr Σ: what moves a single one of many categories to and fro is
 * not averaged away by those that are still. Of what has a value. `growth` is the power with which ratio − 1 grows when blocks are joined: 0 when rows
 * are alike over short stretches only (autocorrelation), 1 when whole blocks differ for good (days).
 */
export function overDispersion(blocks: ColumnProfile[]): OverDispersion {
  const filled = blocks.filter((block) => block.rows > 0);
  if (filled.length < 2) return { ratio: 1, rows: filled[0]?.rows ?? 1 };
  const rows = filled.reduce((sum, block) => sum + block.rows, 0) / filled.length;
  const ratio = varianceRatio(filled);
  const known = { ratio: Math.max(1, ratio), rows };
  if (filled.length < ENOUGH_BLOCKS) return known;
  const joined: ColumnProfile[] = [];
  for (let i = 0; i + JOINED <= filled.length; i += JOINED) joined.push(mergeProfiles(filled.slice(i, i + JOINED)));
  const joinedRatio = varianceRatio(joined);
  if (ratio < 1 + noise(filled.length) && joinedRatio < 1 + noise(joined.length)) return { ...known, growth: 0 };
  const power = Math.log(Math.max(joinedRatio - 1, 1e-3) / Math.max(ratio - 1, 0.05)) / Math.log(JOINED);
  return { ...known, growth: Math.min(1, Math.max(0, power)) };
}

/**
 * What `rows` rows of a window are worth: rows / φ(rows), φ(n) = 1 + (ratio − 1)·(n / block)^growth. Where the growth is
 * not known, what makes blocks differ is taken to last through a longer window, and to be there in a shorter one.
 */
export function effectiveRows(rows: number, over: OverDispersion | undefined): number {
  if (over === undefined || over.ratio <= 1) return rows;
  const longer = rows > over.rows;
  const growth = longer
    ? Math.min(1, (over.growth ?? 1) + GROWTH_MARGIN)
    : Math.max(0, (over.growth ?? 0) - GROWTH_MARGIN);
  return rows / (1 + (over.ratio - 1) * (rows / over.rows) ** growth);
}

/** Of the reference: its blocks are many, so their differences do average out, beyond those that are seen to go together. */
export function effectiveReferenceRows(rows: number, over: OverDispersion | undefined): number {
  return over === undefined ? rows : rows / (1 + (over.ratio - 1) * JOINED ** (over.growth ?? 0));
}

/** Twice the standard deviation of a ratio by chance; the deciles' shares are worth about three independent ones. */
function noise(blocks: number): number {
  return 2 * Math.sqrt(2 / (3 * (blocks - 1)));
}

function varianceRatio(blocks: ColumnProfile[]): number {
  return blocks[0]!.kind === 'numeric' ? ratioOfNumbers(blocks) : ratioOfCategories(blocks);
}

function ratioOfNumbers(blocks: ColumnProfile[]): number {
  const cells = blocks.flatMap((block) => (block.kind === 'numeric' ? [numericCells(block)] : []));
  const all = cells[0]!.map((_, cell) => cells.reduce((sum, block) => sum + block[cell]!, 0));
  const edges = decileEdges(all);
  const overall = cumulativeAt(all, edges);
  const shares = cells.map((block) => cumulativeAt(block, edges)).filter(({ total }) => total > 0);
  let spread = 0;
  let weighted = 0;
  overall.shares.forEach((share, k) => {
    let variance = 0;
    for (const block of shares) variance += (block.total * (block.shares[k]! - share) ** 2) / (shares.length - 1);
    spread += variance;
    weighted += variance ** 2 / (share * (1 - share));
  });
  return spread > 0 ? weighted / spread : 1;
}

function ratioOfCategories(blocks: ColumnProfile[]): number {
  const cells = poolCategories(blocks, 5 * blocks.length);
  const total = sum(cells.map((cell) => cell.total));
  const standardised = blocks.flatMap((_, b) => {
    const rows = sum(cells.map((cell) => cell.byBlock[b]!));
    if (rows === 0) return [];
    return [
      cells.map(({ total: of, byBlock }) => (byBlock[b]! - (of / total) * rows) / Math.sqrt((of / total) * rows)),
    ];
  });
  const degrees = (cells.length - 1) * (standardised.length - 1);
  if (degrees <= 0) return 1;
  const trace = sum(standardised.map((block) => dot(block, block))) / (standardised.length - 1);
  // (z·z′)² of two independent blocks is tr Σ² on the average.
  let squares = 0;
  let pairs = 0;
  for (let i = 0; i < standardised.length; i++) {
    for (let j = 0; j < i; j++) {
      squares += dot(standardised[i]!, standardised[j]!) ** 2;
      pairs++;
    }
  }
  return trace > 0 ? Math.max(trace / (cells.length - 1), squares / pairs / trace) : 1;
}

function dot(a: number[], b: number[]): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}
