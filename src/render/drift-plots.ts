import type { WindowVerdict } from '../domain/drift/alert.ts';
import type { ColumnFinding } from '../domain/drift/compare-column.ts';
import { relativeEffect } from '../domain/drift/judge-window.ts';
import type { ColumnProfile, ReferenceProfile } from '../domain/drift/profile.ts';
import { categoricalCells, numericCells } from '../domain/drift/profile-cells.ts';
import type { Monitor } from '../domain/spec/valid.ts';
import { barChart, lineChart, type Series } from './chart.ts';
import { day } from './format.ts';

export type DriftWindow = {
  from: number;
  to: number;
  rows: number;
  labelled: number;
  malformed?: number;
  version: string;
  verdict: WindowVerdict;
};

export type DriftPlot = { name: string; alt: string; svg: string };

const DAY_MS = 86_400_000;
const MAX_COLUMNS = 3;
const BINS = 40;
const MAX_BARS = 12;
/** A category with fewer rows than this in production is not named: it could name a person. */
const MIN_CATEGORY_ROWS = 10;

/** What moved, as pictures: distributions of the newest window against training, effects and metrics over the windows. */
export function driftPlots(input: {
  reference: ReferenceProfile;
  observed: { columns: ColumnProfile[]; prediction: ColumnProfile } | undefined;
  windows: DriftWindow[];
  monitor: Monitor;
  /** Personal data: the column is judged, its values are not shown. */
  privateColumns: ReadonlySet<string>;
}): DriftPlot[] {
  const { reference, observed, windows, monitor, privateColumns } = input;
  const shown = lastBad(windows);
  const moved = shown ? movedColumns(shown.verdict) : [];
  const plots: DriftPlot[] = [];
  for (const finding of observed ? moved : []) {
    const isPrediction = finding === shown?.verdict.prediction;
    const before = isPrediction ? reference.prediction : reference.columns.find((one) => one.column === finding.column);
    const now = isPrediction ? observed!.prediction : observed!.columns.find((one) => one.column === finding.column);
    if (before && now && !privateColumns.has(finding.column)) plots.push(distributionPlot(before, now));
  }
  const effects = moved.length > 0 ? [effectTimeline(windows, moved)] : [];
  const metrics = monitor.performance.flatMap(({ metric }) => metricTimeline(windows, metric));
  return [...plots, ...effects, ...metrics];
}

/** The newest bad window; what an issue is about also while it recovers. */
export function lastBad(windows: DriftWindow[]): DriftWindow | undefined {
  return windows.findLast((window) => window.verdict.verdict === 'bad');
}

function movedColumns({ columns, prediction }: WindowVerdict): ColumnFinding[] {
  const all = prediction ? [...columns, prediction] : columns;
  return all.filter((finding) => finding.drifted).slice(0, MAX_COLUMNS);
}

function distributionPlot(before: ColumnProfile, now: ColumnProfile): DriftPlot {
  const name = `distribution-${before.column}`;
  const alt = `Distribution of ${before.column}: training against the newest window`;
  if (before.kind === 'numeric' && now.kind === 'numeric') {
    const series = [
      { name: 'training', points: densityPoints(numericCells(before), before) },
      { name: 'newest window', points: densityPoints(numericCells(now), now) },
    ];
    return { name, alt, svg: lineChart({ title: before.column, x: before.column, y: '% of the rows', series }) };
  }
  if (before.kind === 'categorical' && now.kind === 'categorical') return { name, alt, svg: categoryBars(before, now) };
  return { name, alt, svg: lineChart({ title: before.column, x: before.column, y: '% of the rows', series: [] }) };
}

/** Percent of the finite rows a bar of a fortieth of the grid; what lies outside counts at the edges. */
function densityPoints(cells: number[], grid: { low: number; width: number }): [number, number][] {
  const total = cells.reduce((sum, count) => sum + count, 0);
  const size = (cells.length - 2) / BINS;
  const shares = new Array<number>(BINS).fill(0);
  cells.forEach((count, cell) => {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor((cell - 1) / size)));
    shares[bin]! += (100 * count) / Math.max(1, total);
  });
  return shares.map((share, bin) => [grid.low + grid.width * size * (bin + 0.5), share]);
}

function categoryBars(
  before: Extract<ColumnProfile, { kind: 'categorical' }>,
  now: Extract<ColumnProfile, { kind: 'categorical' }>,
): string {
  const names = before.counts.map(([category]) => category);
  const a = shares(categoricalCells(before, names));
  const counts = categoricalCells(now, names);
  const b = shares(counts);
  const order = names
    .map((category, i) => ({ category, i, difference: Math.abs(a[i]! - b[i]!) }))
    .filter(({ i }) => counts[i]! >= MIN_CATEGORY_ROWS || counts[i] === 0)
    .sort((x, y) => y.difference - x.difference)
    .slice(0, MAX_BARS);
  const chosen = new Set(order.map(({ i }) => i));
  const rest = (values: number[]) =>
    names.reduce((sum, _, i) => (chosen.has(i) ? sum : sum + values[i]!), values[names.length]!);
  const unseen = names.length + 1;
  return barChart({
    title: before.column,
    x: before.column,
    y: '% of the rows',
    categories: [...order.map(({ category }) => category), 'other', 'not in training'],
    series: [
      { name: 'training', values: [...order.map(({ i }) => a[i]!), rest(a), a[unseen]!] },
      { name: 'newest window', values: [...order.map(({ i }) => b[i]!), rest(b), b[unseen]!] },
    ],
  });
}

function effectTimeline(windows: DriftWindow[], moved: ColumnFinding[]): DriftPlot {
  const start = windows[0]!.from;
  const series: Series[] = moved.map(({ column }) => ({
    name: column,
    points: windows.flatMap((window): [number, number][] => {
      const { columns, prediction } = window.verdict;
      const found = [...columns, ...(prediction ? [prediction] : [])].find((one) => one.column === column);
      const effect = found ? relativeEffect(found) : Number.NaN;
      return Number.isFinite(effect) ? [[(window.from - start) / DAY_MS, effect]] : [];
    }),
  }));
  return {
    name: 'effect-timeline',
    alt: `Distance from training by window, in units of the threshold: ${moved.map(({ column }) => column).join(', ')}`,
    svg: lineChart({
      title: 'Distance from training',
      x: `days since ${day(start)}`,
      y: 'effect / threshold',
      series,
      guide: [
        [0, 1],
        [(windows.at(-1)!.from - start) / DAY_MS, 1],
      ],
      marks: 'line+points',
    }),
  };
}

function metricTimeline(windows: DriftWindow[], metric: string): DriftPlot[] {
  const start = windows[0]?.from ?? 0;
  const found = windows.flatMap((window) => {
    const finding = window.verdict.performance.find((one) => one.metric === metric);
    return finding?.measured ? [{ x: (window.from - start) / DAY_MS, finding }] : [];
  });
  const last = found.at(-1);
  if (!last) return [];
  const { promised } = last.finding;
  return [
    {
      name: `metric-${metric}`,
      alt: `${metric} by window on rows whose truth is known${promised ? ', with what was promised' : ''}`,
      svg: lineChart({
        title: metric,
        x: `days since ${day(start)}`,
        y: metric,
        series: [{ name: 'measured', points: found.map(({ x, finding }) => [x, finding.measured!.value]) }],
        ...(promised
          ? {
              guide: [
                [0, promised.value],
                [last.x, promised.value],
              ] as [[number, number], [number, number]],
            }
          : {}),
        marks: 'line+points',
      }),
    },
  ];
}

function shares(counts: number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (100 * count) / Math.max(1, total));
}
