/** Holm's step-down procedure: which hypotheses are rejected with a family-wise error of at most `alpha`. */
export function holm(ps: readonly number[], alpha: number): boolean[] {
  const rejected = ps.map(() => false);
  const order = ps.map((_, index) => index).sort((a, b) => (ps[a] as number) - (ps[b] as number));
  for (const [rank, index] of order.entries()) {
    if ((ps[index] as number) > alpha / (ps.length - rank)) break;
    rejected[index] = true;
  }
  return rejected;
}
