import { studentTwoSided } from '../evaluate/intervals/student.ts';
import { atConfidence, centreOf, limitsOf, reachOf } from './at-confidence.ts';
import type { Bounds, Reading } from './bounds.ts';

/** Smaller p are not told apart. */
const SMALLEST = 1e-12;
const STEPS = 50;

/**
 * One-sided p of "within the bounds": at a confidence of 1 − 2p the interval just leaves a bound out. So p is at most α
 * where the interval at 1 − 2α is on the wrong side, and only there.
 */
export function pOfBounds({ min, max }: Bounds, reading: Reading): number {
  const { value, lower, upper } = reading.estimate;
  if (!Number.isFinite(value) || !isTold(lower) || !isTold(upper)) return 1;
  const below = min === undefined ? 1 : pBelow(min, reading);
  const above = max === undefined ? 1 : pAbove(max, reading);
  return Math.min(below, above);
}

/** Of "it is at least `min`". */
function pBelow(min: number, reading: Reading): number {
  const { estimate, from, degrees } = reading;
  if (estimate.from !== undefined) return pByCounts((confidence) => anew(reading, confidence).upper < min);
  const [lower, upper] = [estimate.lower as number, estimate.upper as number];
  const centre = centreOf(estimate);
  // A bound at the end of what can be reaches less far than the error does.
  const spread = upper >= limitsOf(reading)[1] ? Math.max(upper - centre, centre - lower) : upper - centre;
  return tail(((min - centre) * reachOf(from, degrees)) / Math.max(0, spread), degrees);
}

/** Of "it is at most `max`". */
function pAbove(max: number, reading: Reading): number {
  const { estimate, from, degrees } = reading;
  if (estimate.from !== undefined) return pByCounts((confidence) => anew(reading, confidence).lower > max);
  const [lower, upper] = [estimate.lower as number, estimate.upper as number];
  const centre = centreOf(estimate);
  const spread = lower <= limitsOf(reading)[0] ? Math.max(upper - centre, centre - lower) : centre - lower;
  return tail(((centre - max) * reachOf(from, degrees)) / Math.max(0, spread), degrees);
}

function anew(reading: Reading, to: number): { lower: number; upper: number } {
  // The counts are what matters, not the confidence that it was made with.
  return atConfidence(reading.estimate, { ...reading, from: -1, to }) as { lower: number; upper: number };
}

/** Largest confidence at which it is left out, by bisection on the logarithm of p. */
function pByCounts(isLeftOut: (confidence: number) => boolean): number {
  if (!isLeftOut(0)) return 1;
  if (isLeftOut(1 - 2 * SMALLEST)) return SMALLEST;
  let [low, high] = [Math.log(SMALLEST), Math.log(0.5)];
  for (let step = 0; step < STEPS; step += 1) {
    const middle = (low + high) / 2;
    if (isLeftOut(1 - 2 * Math.exp(middle))) high = middle;
    else low = middle;
  }
  return Math.exp(high);
}

/** P(T > t). An interval of no width gives ±∞, or NaN where the value lies on the bound itself: it holds. */
function tail(t: number, degrees = Number.POSITIVE_INFINITY): number {
  if (Number.isNaN(t)) return 1;
  const beyond = Number.isFinite(t) ? studentTwoSided(Math.abs(t), degrees) / 2 : 0;
  return t > 0 ? beyond : 1 - beyond;
}

function isTold(bound: number | null): boolean {
  return bound !== null && !Number.isNaN(bound);
}
