/** Score intervals of a share, and of the difference of two shares on the same rows. */
import type { Estimate } from '../evaluation.ts';
import { normalQuantile } from './normal-quantile.ts';

/** Wilson's interval. */
export function wilsonInterval(successes: number, rows: number, confidence: number): Estimate {
  const z = normalQuantile((1 + confidence) / 2);
  const value = successes / rows;
  const scale = 1 + (z * z) / rows;
  const middle = (value + (z * z) / (2 * rows)) / scale;
  const reach = (z / scale) * Math.sqrt((value * (1 - value)) / rows + (z * z) / (4 * rows * rows));
  // At 0 and at 1 a bound is the share itself but for rounding.
  const [lower, upper] = [Math.max(0, middle - reach), Math.min(1, middle + reach)];
  return {
    value,
    lower: Math.min(value, lower),
    upper: Math.max(value, upper),
    from: { kind: 'share', successes, rows },
  };
}

/**
 * Tango's score interval (Statistics in Medicine 17, 1998) of the difference of paired shares. `gained`: rows that only
 * the candidate has right; `lost`: rows that only the champion has right.
 */
export function tangoInterval(gained: number, lost: number, rows: number, confidence: number): Estimate {
  const z = normalQuantile((1 + confidence) / 2);
  const value = (gained - lost) / rows;
  const lower = value <= -1 ? -1 : solve((delta) => score(gained, lost, rows, delta) - z, -1, value);
  const upper = value >= 1 ? 1 : solve((delta) => score(gained, lost, rows, delta) + z, value, 1);
  return { value, lower, upper, from: { kind: 'paired', gained, lost, rows } };
}

/** The score statistic at a supposed difference `delta`; it falls as `delta` rises. */
function score(gained: number, lost: number, rows: number, delta: number): number {
  const a = 2 * rows;
  const b = -gained - lost + (2 * rows - gained + lost) * delta;
  const c = -lost * delta * (1 - delta);
  // Maximum-likelihood share of `lost` rows given delta: the larger root of a q² + b q + c.
  const q = (Math.sqrt(Math.max(0, b * b - 4 * a * c)) - b) / (2 * a);
  const variance = rows * (2 * q + delta * (1 - delta));
  const distance = gained - lost - rows * delta;
  if (variance <= 0) return distance === 0 ? 0 : Math.sign(distance) * Number.POSITIVE_INFINITY;
  return distance / Math.sqrt(variance);
}

/** Zero of a falling function between `low` and `high`, by bisection to the last bit. */
function solve(falling: (x: number) => number, low: number, high: number): number {
  let [a, b] = [low, high];
  for (let step = 0; step < 100; step += 1) {
    const middle = (a + b) / 2;
    if (middle === a || middle === b) break;
    if (falling(middle) > 0) a = middle;
    else b = middle;
  }
  return (a + b) / 2;
}
