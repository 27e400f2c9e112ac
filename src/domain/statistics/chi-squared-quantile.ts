import { chiSquaredSf } from './chi-squared.ts';

/** The x with P(X ≤ x) = `p` of the χ² distribution, by bisection; 0 < p < 1. */
export function chiSquaredQuantile(p: number, degrees: number): number {
  let [low, high] = [0, degrees + 1];
  while (1 - chiSquaredSf(high, degrees) < p) high *= 2;
  for (let step = 0; step < 200; step += 1) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (1 - chiSquaredSf(middle, degrees) < p) low = middle;
    else high = middle;
  }
  return high;
}
