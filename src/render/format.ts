import type { Spent } from '../domain/jobs/job.ts';

/** Numbers and times as people read them in a report. */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export function count(value: number): string {
  return whole.format(value);
}

/** Four significant digits, no exponent for what people write without one. What is not a number is `null` in JSON. */
export function figure(value: number): string {
  if (value === null || Number.isNaN(value)) return 'not defined';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return value.toExponential(2);
  return String(Number(value.toPrecision(4)));
}

export function seconds(value: number): string {
  if (value < 60) return `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} s`;
  const minutes = Math.floor(value / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(value % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Time, GPU time where there is any, price where there is one. */
export function spentText(spent: Spent): string {
  const gpu = spent.gpuSeconds > 0 ? `, GPUs ${seconds(spent.gpuSeconds)}` : '';
  const price = spent.price > 0 ? `, price ${spent.price < 0.01 ? 'under 0.01' : spent.price.toFixed(2)}` : '';
  return `${seconds(spent.seconds)}${gpu}${price}`;
}

export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`;
}

/** First characters of a digest or SHA, enough to look it up. */
export function short(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

export function day(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}
