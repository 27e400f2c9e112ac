/**
 * Inner edges that cut the values into `count` bins of as equal numbers of rows as ties allow: equal values stay
 * together, and a bin that ties leave empty is dropped. An edge is the shortest decimal that cuts there. NaN is ignored.
 */
export function quantileEdges(values: Float64Array, count: number): number[] {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const edges: number[] = [];
  let last = 0;
  for (let bin = 1; bin < count; bin += 1) {
    const cut = nearestCut(sorted, Math.round((bin * sorted.length) / count));
    if (cut === undefined || cut <= last) continue;
    edges.push(shortestBetween(sorted[cut - 1] as number, sorted[cut] as number));
    last = cut;
  }
  return edges;
}

/** The place nearest to `target` where the value before differs from the one at it; the lower of two as near. */
function nearestCut(sorted: Float64Array, target: number): number | undefined {
  const value = sorted[target];
  if (value === undefined) return undefined;
  const start = firstWhere(sorted, (other) => other >= value);
  const end = firstWhere(sorted, (other) => other > value);
  const [below, above] = [start > 0 ? start : undefined, end < sorted.length ? end : undefined];
  if (below === undefined || above === undefined) return below ?? above;
  return target - below <= above - target ? below : above;
}

/** First place at which `holds`, which stays true once it is. */
function firstWhere(sorted: Float64Array, holds: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(sorted[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The number with the fewest digits that is above `below` and at most `value`. */
function shortestBetween(below: number, value: number): number {
  if (!Number.isFinite(value)) return value;
  if (below < 0 && value >= 0) return 0;
  for (let digits = 1; digits < 17; digits += 1) {
    const rounded = Number(value.toPrecision(digits));
    const step = 10 ** (Math.floor(Math.log10(Math.abs(value))) - digits + 1);
    for (const edge of [rounded, Number((rounded - step).toPrecision(digits))])
      if (edge > below && edge <= value) return edge;
  }
  return value;
}
