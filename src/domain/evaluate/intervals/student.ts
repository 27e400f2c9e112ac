/**
 * Student's t by way of the normal distribution: Wallace 1959 (Annals of Mathematical Statistics 30), off by less than
 * .003 in z for 10 degrees of freedom or more, and the same formula both ways.
 */
import { normalCdf, normalQuantile } from './normal-quantile.ts';

/** `degrees`: ∞ is the normal distribution. */
export function studentQuantile(p: number, degrees: number): number {
  const z = normalQuantile(p);
  if (!Number.isFinite(degrees) || !Number.isFinite(z)) return z;
  const scaled = (z * (8 * degrees + 3)) / (8 * degrees + 1);
  return Math.sign(z) * Math.sqrt(degrees * Math.expm1((scaled * scaled) / degrees));
}

/** P(|T| > |t|). */
export function studentTwoSided(t: number, degrees: number): number {
  const z = Number.isFinite(degrees)
    ? (Math.sqrt(degrees * Math.log1p((t * t) / degrees)) * (8 * degrees + 1)) / (8 * degrees + 3)
    : Math.abs(t);
  return 2 * normalCdf(-z);
}
