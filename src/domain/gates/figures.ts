/** Figures as evidence shows them: the same text on every machine. */

/** What was not a number is `null` once it was stored as JSON: nothing can be said of it. */
export function areNumbers(...values: unknown[]): boolean {
  return values.every((value) => Number.isFinite(value));
}

/** Four significant digits, without an exponent for what people write without one. */
export function figure(value: number): string {
  const size = Math.abs(value);
  const exponent = size !== 0 && (size < 1e-5 || size >= 1e9);
  return (exponent ? value.toExponential(2) : String(Number(value.toPrecision(4)))).replaceAll('-', '−');
}

export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

export function bytes(value: number): string {
  if (value < 1000) return `${value} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  const unit = Math.min(units.length - 1, Math.floor(Math.log10(value) / 3) - 1);
  return `${figure(value / 1000 ** (unit + 1))} ${units[unit]}`;
}

/** Timings are good for three digits at best. */
export function milliseconds(value: number): string {
  return `${Number(value.toPrecision(3))} ms`;
}
