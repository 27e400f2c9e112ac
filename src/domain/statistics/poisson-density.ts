const LN_2PI = Math.log(2 * Math.PI);

/**
 * x^a·e^−x / Γ(a+1) for a ≥ 0, x ≥ 0: the Poisson density, for any real a. Saddle-point form, exact to a few ulp where
 * the naive one cancels. Source: C. Loader, Fast and Accurate Computation of Binomial Probabilities (2000).
 */
export function poissonDensity(a: number, x: number): number {
  if (a === 0) return Math.exp(-x);
  if (x === 0) return 0;
  return Math.exp(-stirlingError(a) - deviance(a, x) - 0.5 * (LN_2PI + Math.log(a)));
}

/** ln Γ(a+1) − (a+½)·ln a + a − ½·ln 2π. */
function stirlingError(a: number): number {
  let sum = 0;
  let n = a;
  // The recurrence lifts small arguments to where five terms of the series are exact.
  for (; n < 16; n++) sum += (n + 0.5) * Math.log1p(1 / n) - 1;
  const square = n * n;
  const series = 1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square;
  return sum + series / n;
}

/** a·ln(a/x) + x − a without cancellation near a = x. */
function deviance(a: number, x: number): number {
  const difference = a - x;
  if (Math.abs(difference) >= 0.1 * (a + x)) return a * Math.log(a / x) + x - a;
  const v = difference / (a + x);
  let sum = difference * v;
  let term = 2 * a * v;
  for (let j = 1; j < 1000; j++) {
    term *= v * v;
    const next = sum + term / (2 * j + 1);
    if (next === sum) break;
    sum = next;
  }
  return sum;
}
