import { GRID_BINS, valueAt } from '../../domain/drift/make-profile.ts';
import type { ColumnProfile, NumericProfile } from '../../domain/drift/profile.ts';
import { missingRows } from '../../domain/drift/profile-cells.ts';
import { histogram } from '../chart/histogram.ts';
import { tickLabel } from '../chart/scale.ts';
import { barChart } from '../chart.ts';
import { figure } from '../format.ts';
import { type CategoryShares, categoryShares } from './category-shares.ts';
import type { DriftPlot } from './drift-plot.ts';
import { coarseBins, gridTicks, quantileWords } from './grid-values.ts';
import { sparkline } from './sparkline.ts';
import { percent, shortName } from './words.ts';

const BINS = 40;
const TEXT_BINS = 30;

export type DistributionNames = { reference: string; current: string };

/** A column in the reference against now. `of`: what decided, so that it is what is shown. */
export function distributionPlot(
  before: ColumnProfile,
  now: ColumnProfile,
  of: 'values' | 'missing',
  names: DistributionNames,
  label = shortName(before.column),
): DriftPlot | undefined {
  const name = `distribution-${before.column}`;
  if (of === 'missing') return missingPlot(name, label, before, now, names);
  if (before.kind === 'numeric' && now.kind === 'numeric') return numericPlot(name, label, before, now, names);
  if (before.kind === 'categorical' && now.kind === 'categorical')
    return categoryPlot(name, label, categoryShares(before, now), names);
  return undefined;
}

function numericPlot(
  name: string,
  column: string,
  before: ColumnProfile & NumericProfile,
  now: ColumnProfile & NumericProfile,
  names: DistributionNames,
): DriftPlot {
  const [a, b] = [coarseBins(before, BINS), coarseBins(now, BINS)];
  const ticks = gridTicks(before, BINS)?.map(({ at, value }) => ({ at, text: tickLabel(value) }));
  const beyond = [before, now].some((one) => one.under + one.over > 0.005 * Math.max(1, one.rows));
  return {
    name,
    alt: `${column}: ${names.reference} ${quantileWords(before)}; ${names.current} ${quantileWords(now)}`,
    svg: histogram({
      title: column,
      x: beyond ? `${column} (the outermost bars: all that lies beyond)` : column,
      series: [
        { name: names.reference, colour: 0, ...a },
        { name: names.current, colour: 1, ...b },
      ],
      xRange: [a.edges[0] as number, a.edges.at(-1) as number],
      ...(ticks === undefined ? {} : { ticks }),
    }),
    text: numericText(column, before, now, names),
  };
}

function numericText(column: string, before: NumericProfile, now: NumericProfile, names: DistributionNames): string[] {
  const [a, b] = [coarseBins(before, TEXT_BINS), coarseBins(now, TEXT_BINS)];
  const [p, q] = [shares(a.counts), shares(b.counts)];
  const high = Math.max(...p, ...q);
  const width = Math.max(names.reference.length, names.current.length);
  return [
    `${column}, from ${figure(valueAt(0, before))} to ${figure(valueAt(GRID_BINS, before))} and beyond`,
    `  ${names.reference.padEnd(width)}  ${sparkline(p, { low: 0, high })}  ${quantileWords(before)}`,
    `  ${names.current.padEnd(width)}  ${sparkline(q, { low: 0, high })}  ${quantileWords(now)}`,
  ];
}

function categoryPlot(name: string, column: string, shown: CategoryShares, names: DistributionNames): DriftPlot {
  const most = [...shown].sort((a, b) => Math.abs(b.now - b.before) - Math.abs(a.now - a.before)).slice(0, 3);
  const changes = most.map((one) => `${shortName(one.category, 30)} ${percent(one.before)} → ${percent(one.now)}`);
  return {
    name,
    alt: `${column}, ${names.reference} → ${names.current}: ${changes.join(', ')}`,
    svg: barChart({
      title: column,
      x: column,
      y: '% of the rows',
      categories: shown.map(({ category }) => category),
      series: [
        { name: names.reference, values: shown.map(({ before }) => 100 * before) },
        { name: names.current, values: shown.map(({ now }) => 100 * now) },
      ],
    }),
    text: [`${column}, % of the rows, ${names.reference} → ${names.current}`, ...shown.map(barLine)],
  };
}

function barLine({ category, before, now }: CategoryShares[number]): string {
  const bar = '█'.repeat(Math.round(30 * now)) || '·';
  return `  ${shortName(category, 20).padEnd(20)}  ${percent(before).padStart(7)} → ${percent(now).padStart(7)}  ${bar}`;
}

function missingPlot(
  name: string,
  column: string,
  before: ColumnProfile,
  now: ColumnProfile,
  names: DistributionNames,
): DriftPlot {
  const share = (one: ColumnProfile) => (one.rows === 0 ? 0 : missingRows(one) / one.rows);
  const [a, b] = [share(before), share(now)];
  const shown = [
    { category: 'with a value', before: 1 - a, now: 1 - b },
    { category: 'missing', before: a, now: b },
  ];
  return categoryPlot(name, column, shown, names);
}

function shares(counts: number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / Math.max(1, total));
}
