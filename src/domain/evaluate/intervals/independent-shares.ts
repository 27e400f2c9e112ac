/** Intervals for two shares of independent rows. Counts need not be whole: effective ones of weighted rows will do. */
import type { Estimate } from '../evaluation.ts';
import { normalQuantile } from './normal-quantile.ts';
import { wilsonInterval } from './proportion-intervals.ts';

export type Share = { successes: number; rows: number };

/** one − other, by Newcombe's square-and-add of Wilson's limits (Statistics in Medicine 17, 1998, method 10). */
export function newcombeInterval(one: Share, other: Share, confidence: number): Estimate {
  const a = wilsonInterval(one.successes, one.rows, confidence) as Bounded;
  const b = wilsonInterval(other.successes, other.rows, confidence) as Bounded;
  const value = a.value - b.value;
  return {
    value,
    lower: value - Math.hypot(a.value - a.lower, b.upper - b.value),
    upper: value + Math.hypot(a.upper - a.value, b.value - b.lower),
  };
}

type Bounded = Estimate & { lower: number; upper: number };

/**
 * one / other, by Koopman's inversion of the score test (Biometrics 40, 1984). The upper bound is ∞ where the other may
 * be 0; of two shares of 0 the value is NaN.
 */
export function koopmanInterval(one: Share, other: Share, confidence: number): Estimate {
  const z = normalQuantile((1 + confidence) / 2);
  const value = one.successes / one.rows / (other.successes / other.rows);
  const lower = one.successes === 0 ? 0 : ratioWhere((ratio) => score(one, other, ratio) > z);
  const upper = other.successes === 0 ? Number.POSITIVE_INFINITY : ratioWhere((ratio) => score(one, other, ratio) > -z);
  return { value, lower, upper };
}

/** The score statistic at a supposed ratio; it falls as the ratio rises. */
function score(one: Share, other: Share, ratio: number): number {
  // Maximum-likelihood share of the other given the ratio: the smaller root of a q² + b q + c.
  const a = (one.rows + other.rows) * ratio;
  const b = -(one.rows * ratio + one.successes + other.rows + other.successes * ratio);
  const c = one.successes + other.successes;
  const q = (2 * c) / (-b + Math.sqrt(Math.max(0, b * b - 4 * a * c)));
  const p = Math.min(1, ratio * q);
  const distance = one.successes / one.rows - (ratio * other.successes) / other.rows;
  const variance = (p * (1 - p)) / one.rows + (ratio * ratio * q * (1 - q)) / other.rows;
  if (variance <= 0) return distance === 0 ? 0 : Math.sign(distance) * Number.POSITIVE_INFINITY;
  return distance / Math.sqrt(variance);
}

/** Largest ratio that holds, by bisection on ratio / (1 + ratio). */
function ratioWhere(holds: (ratio: number) => boolean): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 80; step += 1) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (holds(middle / (1 - middle))) low = middle;
    else high = middle;
  }
  return low / (1 - low);
}
