const LEVELS = [...'▁▂▃▄▅▆▇█'];

/**
 * Values as bars of eight heights between `low` and `high` (of the values where not given); a `·` is one that is not
 * known.
 */
export function sparkline(values: readonly number[], range: { low?: number; high?: number } = {}): string {
  const finite = values.filter(Number.isFinite);
  const low = range.low ?? Math.min(...finite);
  const high = range.high ?? Math.max(...finite);
  return values
    .map((value) => {
      if (Number.isNaN(value)) return '·';
      const share = high > low ? (value - low) / (high - low) : 0.5;
      return LEVELS[Math.max(0, Math.min(LEVELS.length - 1, Math.floor(share * LEVELS.length)))] as string;
    })
    .join('');
}
