import { poissonDensity } from './poisson-density.ts';

const EPSILON = 1e-17;

/** P(X > x) of the χ² distribution with `degrees` > 0 degrees of freedom. */
export function chiSquaredSf(x: number, degrees: number): number {
  return x <= 0 ? 1 : upperGamma(degrees / 2, x / 2);
}

/**
 * P(X > x) of the non-central χ² distribution: Poisson(λ/2) mixture of central ones. All terms are positive and each is
 * reached upwards (Q(a+1, y) = Q(a, y) + y^a·e^−y/Γ(a+1)), so nothing cancels, for any size of λ.
 */
export function noncentralChiSquaredSf(x: number, degrees: number, noncentrality: number): number {
  if (noncentrality <= 0) return chiSquaredSf(x, degrees);
  if (x <= 0) return 1;
  const mean = noncentrality / 2;
  const y = x / 2;
  // Below this the Poisson weights sum to less than 1e-17, and the Q they weigh is smaller than all later ones.
  let j = Math.max(0, Math.floor(mean - 9 * Math.sqrt(mean) - 10));
  let upper = upperGamma(degrees / 2 + j, y);
  let sum = 0;
  for (; ; j++) {
    const weight = poissonDensity(j, mean);
    sum += weight * Math.min(1, upper);
    // Geometric bound on the weights still to come.
    if (j > mean && weight * ((j + 1) / (j + 1 - mean)) <= EPSILON * sum) break;
    if (j > mean && weight === 0) break;
    upper += poissonDensity(degrees / 2 + j, y);
  }
  return Math.min(1, sum);
}

/** Regularised upper incomplete gamma function Q(a, x). */
function upperGamma(a: number, x: number): number {
  return x < a + 1 ? 1 - lowerSeries(a, x) : upperFraction(a, x);
}

function lowerSeries(a: number, x: number): number {
  let sum = 1;
  let term = 1;
  for (let n = 1; term > EPSILON * sum; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return Math.min(1, poissonDensity(a, x) * sum);
}

/** Continued fraction by Lentz's method (Numerical Recipes §6.2). */
function upperFraction(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let fraction = d;
  for (let i = 1; ; i++) {
    const numerator = -i * (i - a);
    b += 2;
    d = numerator * d + b;
    if (Math.abs(d) < tiny) d = tiny;
    c = b + numerator / c;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-16 || i > 1e6) break;
  }
  return poissonDensity(a, x) * a * fraction;
}
