import type { Estimate } from './evaluation.ts';

/** An estimate and its interval, with as many decimals as the interval is good for; `signed`: a difference. */
export function estimateText(estimate: Estimate, signed = false): string {
  const { value, lower, upper } = estimate;
  if (lower === null || upper === null) return number(value, signed);
  const decimals = upper > lower ? decimalsFor((upper - lower) / 2) : undefined;
  const [shown, low, high] = [value, lower, upper].map((one) => number(one, signed, decimals));
  return `${shown} [${low}, ${high}]`;
}

/** Two significant digits of `spread`. */
function decimalsFor(spread: number): number {
  return Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(spread))));
}

function number(value: number, signed: boolean, decimals?: number): string {
  const text = decimals === undefined ? String(Number(value.toPrecision(4))) : value.toFixed(decimals);
  // What rounds to nothing has no sign.
  const bare = Number(text) === 0 ? text.replace('-', '') : text;
  return `${signed && Number(text) > 0 ? '+' : ''}${bare.replaceAll('-', '−')}`;
}
