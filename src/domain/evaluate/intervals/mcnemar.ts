import { poissonDensity } from '../../statistics/poisson-density.ts';

/**
 * Exact two-sided p of McNemar's test: the discordant rows fall to either side by the toss of a coin. `gained` rows only
 * the candidate has right, `lost` only the champion.
 */
export function mcnemarTest(gained: number, lost: number): number {
  const rows = gained + lost;
  if (gained === lost) return 1;
  const fewer = Math.min(gained, lost);
  // Downwards from the largest term; a few times √rows of them count, however many rows there are.
  let term = halfBinomial(fewer, rows);
  let tail = 0;
  for (let k = fewer; k >= 0 && term > tail * 1e-17; k -= 1) {
    tail += term;
    term *= k / (rows - k + 1);
  }
  return Math.min(1, 2 * tail);
}

/** P(k heads in n tosses), as Poisson densities given their sum: exact to a few ulp for any n. */
function halfBinomial(k: number, n: number): number {
  return (poissonDensity(k, n / 2) * poissonDensity(n - k, n / 2)) / poissonDensity(n, n);
}
