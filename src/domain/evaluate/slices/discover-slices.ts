/** The search for slices that are worse: found on one half of the rows, confirmed on the other. */
import { parseMetric } from '../../spec/metric-catalogue.ts';
import type { MetricName } from '../../spec/valid.ts';
import type { ComparisonOptions } from '../compare-metrics.ts';
import type { Discovery } from '../evaluation.ts';
import type { ScoredRows } from '../scored-rows.ts';
import { type Cells, cellsOfBins, cellsOfCategories } from './cells.ts';
import { FEWEST_ROWS } from './choose-slices.ts';
import type { CategoryColumn, NumberColumn } from './columns.ts';
import { dropExplained } from './drop-explained.ts';
import { openHalf } from './half.ts';
import { standing } from './moments.ts';
import { quantileEdges } from './quantile-edges.ts';
import { rankSlices } from './rank-slices.ts';
import { type Looked, searchSlices } from './search-slices.ts';
import { candidateOn } from './slice-contrast.ts';
import { splitHalves } from './split-halves.ts';
import { trySlices } from './try-slices.ts';

export type DiscoveryOptions = {
  /** Fewest rows of a slice, both halves together. */
  minRows: number;
  seed: number;
  confidence: number;
  /** Which way is better for metrics that are not in the catalogue. */
  custom?: NonNullable<ComparisonOptions['custom']>;
};

const BINS = 5;
/** Of more rows every n-th, which is near enough for the bins of a search. */
const MOST_SORTED = 50_000;
const MOST_CELLS = 20;
const MOST_PAIRS = 2_000;
/** Standard errors by which the rows of a slice have to be worse for it to be measured by the metric, and how many are. */
const WORTH_MEASURING = 2;
const MOST_MEASURED = 40;
const RESAMPLES = 1_000;

/**
 * Categories and quantile bins of every column and of every two of them are ranked on the first half by how clearly the
 * candidate is worse there; the worst, without those that another explains, are tried on the second half, which had no
 * part in the choice.
 */
export function discoverSlices(
  scored: ScoredRows,
  columns: readonly (CategoryColumn | NumberColumn)[],
  metric: MetricName,
  options: DiscoveryOptions,
): Discovery {
  const { seed, confidence, custom } = options;
  const better = directionOf(metric, custom);
  const nothing = { metric, looked: 0, leftOut: 0, measured: 0, unmeasured: 0, tried: [], untold: 0 };
  if (better === 'none') return nothing;
  const cells = distinct(columns).map(cellsOf);
  const halves = splitHalves(scored, seed);
  const first = openHalf(scored, halves.first, cells, metric, better);
  const { looked, leftOut } = searchSlices(first, {
    minRows: Math.max(FEWEST_ROWS, Math.ceil(options.minRows / 2)),
    mostCells: MOST_CELLS,
    mostPairs: MOST_PAIRS,
  });
  const comparison = { seed, confidence, resamples: RESAMPLES, ...(custom === undefined ? {} : { custom }) };
  const question = { metric, better, options: comparison };
  const search = { metric, looked: looked.length, leftOut };
  const ranked = rankSlices(dropExplained(worthMeasuring(looked), first, MOST_MEASURED), first, question);
  // A custom metric without scores by row, or too few rows of a class: it cannot be told anywhere.
  const wasSeen = ranked.measured > 0 || candidateOn(first.scored, question) !== undefined;
  if (!wasSeen) return { ...nothing, ...search, unmeasured: looked.length };
  const second = openHalf(scored, halves.second, cells, metric, better);
  const { measured, unmeasured } = ranked;
  return { ...search, measured, unmeasured, ...trySlices(ranked.worthTrying, second, question) };
}

/** The clearest first. */
function worthMeasuring(looked: readonly Looked[]): Looked[] {
  return looked
    .map((slice) => ({ slice, standing: standing(slice.moments) }))
    .filter((one) => one.standing > WORTH_MEASURING)
    .sort((a, b) => b.standing - a.standing || (a.slice.name < b.slice.name ? -1 : 1))
    .map(({ slice }) => slice);
}

/** A column of whole numbers may be there as categories, too: then its bins are searched. */
function distinct(columns: readonly (CategoryColumn | NumberColumn)[]): (CategoryColumn | NumberColumn)[] {
  const byName = new Map<string, CategoryColumn | NumberColumn>();
  for (const one of columns) if (!byName.has(one.column) || !('codes' in one)) byName.set(one.column, one);
  return [...byName.values()];
}

function cellsOf(column: CategoryColumn | NumberColumn): Cells {
  if ('codes' in column) return cellsOfCategories(column);
  const step = Math.ceil(column.values.length / MOST_SORTED);
  const values = step <= 1 ? column.values : column.values.filter((_, row) => row % step === 0);
  return cellsOfBins(column, quantileEdges(values, BINS));
}

function directionOf(metric: MetricName, custom: DiscoveryOptions['custom']): 'higher' | 'lower' | 'none' {
  return custom?.find(({ name }) => name === metric)?.better ?? parseMetric(metric).facts?.better ?? 'none';
}
