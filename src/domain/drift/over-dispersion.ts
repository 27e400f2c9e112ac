/**
 * Rows of production are not independent: mornings differ from evenings, days from days. How much more the shares of a
 * column vary between stretches of rows than chance allows is seen in the training data, cut into blocks of consecutive
 * rows, and taken off what a number of rows is worth.
 */
import { type BlockCells, cellsOfBlocks, joinBlocks } from './block-cells.ts';
import { sum } from './distances.ts';
import type { ColumnProfile, OverDispersion } from './profile.ts';

/** Blocks that are joined to see whether their differences last. */
const JOINED = 4;
/** Fewer than this many say too little of how blocks differ. */
export const FEWEST_BLOCKS = 8;
/** Fewer than this many and joined ones say nothing. */
const ENOUGH_BLOCKS = 8 * JOINED;
/** The power of growth is known about so well; the cautious end is used. */
const GROWTH_MARGIN = 0.2;
/** A block's own part in what is due of it, beyond which what is left says little: two weeks of hours of the week. */
const MOST_OWN = 0.55;

/**
 * Of blocks of consecutive rows (64 of equal size serve well; at least 2), in their order. Numeric: variance of the
 * cumulative shares at the deciles, Σ n(F − F̄)² / (B − 1), over F̄(1 − F̄). Categorical: of the standardised shares. Both
 * weigh a direction by how much there is in it, tr Σ² / tr Σ: what moves a single one of many categories to and fro is
 * not averaged away by those that are still. Of what has a value. `growth` is the power with which ratio − 1 grows when
 * blocks are joined: 0 when rows are alike over short stretches only (autocorrelation), 1 when whole blocks differ for
 * good (days).
 *
 * `due`: what the hours of a block would lead to expect of it (see season-dispersion.ts), in the same order; without it
 * every block is held against all of them. `own`: the part that blocks have in what is due of them, on the average.
 * Undefined when that leaves nothing to see.
 */
export function overDispersion(blocks: ColumnProfile[]): OverDispersion;
export function overDispersion(
  blocks: ColumnProfile[],
  due: { profiles: ColumnProfile[]; own: number },
): OverDispersion | undefined;
export function overDispersion(
  blocks: ColumnProfile[],
  due?: { profiles: ColumnProfile[]; own: number },
): OverDispersion | undefined {
  const own = due?.own ?? 0;
  if (own > MOST_OWN) return undefined;
  const cells = cellsOfBlocks(blocks, due?.profiles).filter(({ seen }) => sum(seen) > 0);
  const filled = blocks.filter((block) => block.rows > 0);
  const rows = filled.length === 0 ? 1 : sum(filled.map((block) => block.rows)) / filled.length;
  if (cells.length < 2) return { ratio: 1, rows };
  const kind = blocks[0]!.kind;
  const ratio = varianceRatio(kind, cells) / (1 - own);
  const known = { ratio: Math.max(1, ratio), rows };
  if (cells.length < ENOUGH_BLOCKS) return known;
  const joined = joinBlocks(cells, JOINED);
  const joinedRatio = varianceRatio(kind, joined) / (1 - own);
  // No more than independent rows show by chance: taking it at its word would cost sight of small shifts.
  if (ratio < 1 + noise(cells.length) && joinedRatio < 1 + noise(joined.length)) return { ratio: 1, rows, growth: 0 };
  const power = Math.log(Math.max(joinedRatio - 1, 1e-3) / Math.max(ratio - 1, 0.05)) / Math.log(JOINED);
  return { ...known, growth: Math.min(1, Math.max(0, power)) };
}

/**
 * What `rows` rows of a window are worth: rows / φ, φ = 1 + (ratio − 1)·blocks^growth·pace. `blocks`: how many blocks
 * the window is as long as, by time where both are known (`seconds`: of the window), else by rows. `pace`: rows over those
 * of as many blocks; what makes stretches differ counts the more the more rows they have. Where the growth is not known,
 * what makes blocks differ is taken to last through a longer window, and to be there in a shorter one.
 */
export function effectiveRows(rows: number, over: OverDispersion | undefined, seconds?: number): number {
  if (over === undefined || over.ratio <= 1 || rows === 0) return rows;
  const blocks = over.seconds && seconds ? seconds / over.seconds : rows / over.rows;
  const longer = blocks > 1;
  const growth = longer
    ? Math.min(1, (over.growth ?? 1) + GROWTH_MARGIN)
    : Math.max(0, (over.growth ?? 0) - GROWTH_MARGIN);
  return rows / (1 + (over.ratio - 1) * blocks ** growth * (rows / (blocks * over.rows)));
}

/** Of the reference: its blocks are many, so their differences do average out, beyond those that are seen to go together. */
export function effectiveReferenceRows(rows: number, over: OverDispersion | undefined): number {
  return over === undefined ? rows : rows / (1 + (over.ratio - 1) * JOINED ** (over.growth ?? 0));
}

/** Twice the standard deviation of a ratio by chance; the deciles' shares are worth about three independent ones. */
function noise(blocks: number): number {
  return 2 * Math.sqrt(2 / (3 * (blocks - 1)));
}

function varianceRatio(kind: ColumnProfile['kind'], blocks: BlockCells[]): number {
  const width = blocks[0]!.seen.length;
  if (width < 2 || blocks.length < 2) return 1;
  const total = sum(blocks.map(({ seen }) => sum(seen)));
  const shares = Array.from({ length: width }, (_, k) => sum(blocks.map(({ seen }) => seen[k]!)) / total);
  return kind === 'numeric' ? ratioOfNumbers(blocks, shares) : ratioOfCategories(blocks, shares);
}

function ratioOfNumbers(blocks: BlockCells[], shares: number[]): number {
  let spread = 0;
  let weighted = 0;
  let below = 0;
  const gaps = blocks.map(() => 0);
  for (let k = 0; k + 1 < shares.length; k++) {
    below += shares[k]!;
    let variance = 0;
    blocks.forEach(({ seen, due }, b) => {
      gaps[b]! += seen[k]! - due[k]!;
      variance += gaps[b]! ** 2 / sum(seen) / (blocks.length - 1);
    });
    spread += variance;
    weighted += variance ** 2 / (below * (1 - below));
  }
  return spread > 0 ? weighted / spread : 1;
}

function ratioOfCategories(blocks: BlockCells[], shares: number[]): number {
  const standardised = blocks.map(({ seen, due }) => {
    const rows = sum(seen);
    return seen.map((count, k) => (shares[k]! > 0 ? (count - due[k]!) / Math.sqrt(shares[k]! * rows) : 0));
  });
  const trace = sum(standardised.map((block) => dot(block, block))) / (blocks.length - 1);
  // (z·z′)² of two independent blocks is tr Σ² on the average.
  let squares = 0;
  let pairs = 0;
  for (let i = 0; i < standardised.length; i++) {
    for (let j = 0; j < i; j++) {
      squares += dot(standardised[i]!, standardised[j]!) ** 2;
      pairs++;
    }
  }
  return trace > 0 ? Math.max(trace / (shares.length - 1), squares / pairs / trace) : 1;
}

function dot(a: number[], b: number[]): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}
