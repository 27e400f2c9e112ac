/** Maps [low, high] of the data to pixels; `ticks` are round numbers within. */
export type Scale = { low: number; high: number; ticks: number[]; at(value: number): number };

/** `from` and `to` are pixels (to < from for a vertical axis). Degenerate ranges are widened. */
export function linearScale(values: Iterable<number>, from: number, to: number, within?: [number, number]): Scale {
  let [low, high] = within ?? [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  if (within === undefined) {
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (!(low <= high)) [low, high] = [0, 1];
  if (low === high) {
    const pad = low === 0 ? 1 : Math.abs(low) * 0.1;
    [low, high] = [low - pad, high + pad];
  }
  const step = niceStep((high - low) / 5);
  if (within === undefined) {
    low = Math.floor(low / step + 1e-9) * step;
    high = Math.ceil(high / step - 1e-9) * step;
  }
  const ticks: number[] = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-9; index += 1)
    ticks.push(index * step);
  return { low, high, ticks, at: (value) => from + ((value - low) / (high - low)) * (to - from) };
}

/** Short text of a tick: 1,200 · 0.25 · 3e-7. */
export function tickLabel(value: number): string {
  const size = Math.abs(value);
  if (size < 1e-12) return '0';
  if (size >= 1e7 || size < 1e-4) return value.toExponential(1).replace('.0e', 'e').replace('e+', 'e');
  return Number(value.toPrecision(6)).toLocaleString('en-US', { maximumFractionDigits: 6 });
}

/** The largest of 1, 2, 2.5, 5 × 10ⁿ that is not far above `rough`. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const times = rough / power;
  return power * (times <= 1 ? 1 : times <= 2 ? 2 : times <= 2.5 ? 2.5 : times <= 5 ? 5 : 10);
}
