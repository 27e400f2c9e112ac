import { COARSE_BINS } from './coarsen.ts';
import { sum } from './distances.ts';
import { GRID_BINS } from './make-profile.ts';
import type { CategoricalProfile, ColumnProfile } from './profile.ts';
import { decileEdges, joinCells, numericCells } from './profile-cells.ts';

/** Rows of a block in a few cells, and what was due in each. */
export type BlockCells = { seen: number[]; due: number[] };

/** Fewest rows of a category in a block, on the average, to be a cell of its own. */
const LEAST = 5;

/**
 * Numbers between the deciles of all blocks, categories with enough rows one by one. Due is what `due` has, scaled to the
 * block's rows, or without it the shares of all blocks. Blocks and `due` lie on the same grid, fine without `due` and
 * coarse with it.
 */
export function cellsOfBlocks(blocks: ColumnProfile[], due: ColumnProfile[] | undefined): BlockCells[] {
  const cellsOf = blocks[0]?.kind === 'numeric' ? numbersOf(blocks, due !== undefined) : categoriesOf(blocks);
  const seen = blocks.map(cellsOf);
  const all = (seen[0] ?? []).map((_, k) => sum(seen.map((cells) => cells[k]!)));
  return seen.map((cells, b) => {
    const expected = due ? cellsOf(due[b]!) : all;
    const scale = sum(cells) / Math.max(1e-9, sum(expected));
    return { seen: cells, due: expected.map((count) => count * scale) };
  });
}

/** Neighbours added up; what is left over at the end is left out. */
export function joinBlocks(blocks: BlockCells[], size: number): BlockCells[] {
  const add = (parts: number[][]) => parts[0]!.map((_, k) => sum(parts.map((part) => part[k]!)));
  return Array.from({ length: Math.floor(blocks.length / size) }, (_, i) => {
    const parts = blocks.slice(i * size, (i + 1) * size);
    return { seen: add(parts.map(({ seen }) => seen)), due: add(parts.map(({ due }) => due)) };
  });
}

function numbersOf(blocks: ColumnProfile[], coarse: boolean): (block: ColumnProfile) => number[] {
  const bins = coarse ? COARSE_BINS : GRID_BINS;
  const cells = (block: ColumnProfile) => (block.kind === 'numeric' ? numericCells(block, bins) : []);
  const each = blocks.map(cells);
  const edges = decileEdges(each[0]!.map((_, cell) => sum(each.map((block) => block[cell]!))));
  return (block) => joinCells(cells(block), edges);
}

function categoriesOf(blocks: ColumnProfile[]): (block: ColumnProfile) => number[] {
  const totals = new Map<string, number>();
  for (const block of blocks) {
    for (const [key, count] of countsOf(block)) totals.set(key, (totals.get(key) ?? 0) + count);
  }
  const alone = [...totals].filter(([, count]) => count >= LEAST * blocks.length).map(([key]) => key);
  const rare = [...totals].some(([, count]) => count > 0 && count < LEAST * blocks.length);
  return (block) => {
    const counts = countsOf(block);
    const cells = alone.map((key) => counts.get(key) ?? 0);
    return rare ? [...cells, Math.max(0, sum([...counts.values()]) - sum(cells))] : cells;
  };
}

function countsOf(block: ColumnProfile): Map<string, number> {
  const { counts, other, unseen } = block as CategoricalProfile;
  return new Map([...counts, ['\0other', other], ['\0unseen', unseen]]);
}
