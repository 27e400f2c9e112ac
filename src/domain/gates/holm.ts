/**
 * Holm's step-down procedure: which hypotheses are rejected with a family-wise error of at most `alpha`. `family` counts
 * hypotheses whose p is not given and larger than those rejected; to leave them out of the order is on the safe side.
 */
export function holm(ps: readonly number[], alpha: number, family = ps.length): boolean[] {
  const rejected = ps.map(() => false);
  const order = ps.map((_, index) => index).sort((a, b) => (ps[a] as number) - (ps[b] as number));
  for (const [rank, index] of order.entries()) {
    if ((ps[index] as number) > alpha / (family - rank)) break;
    rejected[index] = true;
  }
  return rejected;
}
