import type { Estimate } from './evaluation.ts';

/**
 * An estimate and its interval, with as many decimals as the interval is good for; `signed`: a difference. A value that
 * is not a number (it is `null` once stored as JSON) is "not defined".
 */
export function estimateText(estimate: Estimate, signed = false): string {
  const { value, lower, upper } = estimate;
  if (value === null || Number.isNaN(value)) return 'not defined';
  if (lower === null || upper === null) return number(value, signed);
  const decimals = Number.isFinite(upper - lower) && upper > lower ? decimalsFor((upper - lower) / 2) : undefined;
  const [shown, low, high] = [value, lower, upper].map((one) => number(one, signed, decimals));
  return `${shown} [${low}, ${high}]`;
}

/** Two significant digits of `spread`. */
function decimalsFor(spread: number): number {
  return Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(spread))));
}

function number(value: number, signed: boolean, decimals?: number): string {
  const size = Math.abs(value);
  const text = decimals === undefined ? significant(size) : grouped(size.toFixed(decimals));
  // What rounds to nothing has no sign.
  const zero = /^[0.]+$/.test(text);
  const sign = zero ? '' : value < 0 ? '−' : signed ? '+' : '';
  return `${sign}${text}`;
}

/** Four digits, with an exponent only where the zeros would be hard to count. */
function significant(size: number): string {
  if (size === Number.POSITIVE_INFINITY) return '∞';
  if (size !== 0 && (size < 1e-6 || size >= 1e12)) return String(Number(size.toPrecision(4))).replaceAll('-', '−');
  return grouped(String(Number(size.toPrecision(4))));
}

/** 1234567.8 → 1,234,567.8; four digits stay together. */
function grouped(text: string): string {
  if (text === 'Infinity') return '∞';
  const [whole = '', decimals] = text.split('.');
  const split = whole.length < 5 ? whole : whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return decimals === undefined ? split : `${split}.${decimals}`;
}
