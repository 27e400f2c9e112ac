/** Fewest rows that a cell expects for χ² to be a fair approximation. */
const LEAST = 5;

/**
 * Sums the smallest cells into one until every cell expects at least five rows in the smaller of the two samples when
 * both come from the same distribution. A cell that expects fewer but holds five more than four times as many stands
 * alone: chance gives that to none, and a burst of what the larger sample hardly knows must not vanish in a pool.
 */
export function poolCells(a: number[], b: number[]): { a: number[]; b: number[] } {
  let totalA = 0;
  let totalB = 0;
  for (let i = 0; i < a.length; i++) {
    totalA += a[i]!;
    totalB += b[i]!;
  }
  const scale = Math.min(totalA, totalB) / Math.max(1e-9, totalA + totalB);
  const alone: Cell[] = [];
  const small: Cell[] = [];
  for (let i = 0; i < a.length; i++) {
    const cell = { a: a[i]!, b: b[i]!, expected: (a[i]! + b[i]!) * scale };
    if (cell.expected <= 0) continue;
    const burst = (totalA < totalB ? cell.a : cell.b) >= 4 * cell.expected + LEAST;
    (cell.expected >= LEAST || burst ? alone : small).push(cell);
  }
  const pooled = poolSmall(small);
  // What is left over joins the smallest of the others.
  const rest = pooled.at(-1);
  if (rest && rest.expected < LEAST && alone.length + pooled.length > 1) {
    pooled.pop();
    const smallest = [...pooled, ...alone.filter((cell) => cell.expected >= LEAST)].sort(
      (x, y) => x.expected - y.expected,
    )[0];
    if (smallest) add(smallest, rest);
    else pooled.push(rest);
  }
  const cells = [...pooled, ...alone];
  return { a: cells.map((cell) => cell.a), b: cells.map((cell) => cell.b) };
}

type Cell = { a: number; b: number; expected: number };

function poolSmall(cells: Cell[]): Cell[] {
  const pooled: Cell[] = [];
  for (const cell of cells.sort((x, y) => x.expected - y.expected)) {
    const last = pooled.at(-1);
    if (last && last.expected < LEAST) add(last, cell);
    else pooled.push({ ...cell });
  }
  return pooled;
}

function add(to: Cell, cell: Cell): void {
  to.a += cell.a;
  to.b += cell.b;
  to.expected += cell.expected;
}
