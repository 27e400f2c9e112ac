/** Blocks after which neighbours that differ least are joined: two knots each. */
const MOST_BLOCKS = 100;

/** Rows with neighbouring scores `from` … `to` that are one step of the fit. */
type Block = { from: number; to: number; rows: number; sum: number };

/**
 * The non-decreasing function of the score with the least squared error, by pooling adjacent violators (Barlow et al.
 * 1972): [score, probability] where it bends, ascending, at most 200, linear between them and constant beyond. Rows with
 * the same score are one. Where there would be more knots, the neighbouring steps whose union adds the least squared
 * error are joined. Rows whose score or label is none are left out.
 */
export function isotonic(scores: Float64Array, labels: Float64Array): [number, number][] {
  const blocks: Block[] = [];
  for (const row of inOrder(scores, labels)) {
    const score = scores[row]!;
    const last = blocks.at(-1);
    if (last !== undefined && last.to === score) join(last, { from: score, to: score, rows: 1, sum: labels[row]! });
    else {
      pool(blocks);
      blocks.push({ from: score, to: score, rows: 1, sum: labels[row]! });
    }
  }
  pool(blocks);
  compact(blocks);
  return blocks.flatMap((block): [number, number][] => {
    const mean = meanOf(block);
    return block.from === block.to
      ? [[block.from, mean]]
      : [
          [block.from, mean],
          [block.to, mean],
        ];
  });
}

function inOrder(scores: Float64Array, labels: Float64Array): Uint32Array {
  const known = Uint32Array.from(scores.keys()).filter((row) => Number.isFinite(scores[row]! + labels[row]!));
  return known.sort((a, b) => scores[a]! - scores[b]!);
}

/** Until the last block lies above the one before it. */
function pool(blocks: Block[]): void {
  for (let end = blocks.length - 1; end > 0 && meanOf(blocks[end - 1]!) >= meanOf(blocks[end]!); end--)
    join(blocks[end - 1]!, blocks.pop()!);
}

function compact(blocks: Block[]): void {
  while (blocks.length > MOST_BLOCKS) {
    let [best, least] = [1, Number.POSITIVE_INFINITY];
    for (let end = 1; end < blocks.length; end++) {
      const cost = costOfUnion(blocks[end - 1]!, blocks[end]!);
      if (cost < least) [best, least] = [end, cost];
    }
    join(blocks[best - 1]!, blocks.splice(best, 1)[0]!);
  }
}

function join(block: Block, next: Block): void {
  block.to = next.to;
  block.rows += next.rows;
  block.sum += next.sum;
}

function costOfUnion(a: Block, b: Block): number {
  return ((a.rows * b.rows) / (a.rows + b.rows)) * (meanOf(a) - meanOf(b)) ** 2;
}

const meanOf = ({ rows, sum }: Block): number => sum / rows;
