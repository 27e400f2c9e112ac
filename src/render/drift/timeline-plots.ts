import type { MetricName } from '../../domain/spec/valid.ts';
import { type TimePoint, timeline } from '../chart/timeline.ts';
import type { DriftWindow } from '../drift-view.ts';
import type { DriftPlot } from './drift-plot.ts';
import { lowerIsBetter } from './metric-change.ts';
import { effectRatio, type Judged, judgedOf, metricValue, plainName, time } from './words.ts';

/** How far the columns were from the reference, window by window, and from where on that counts. */
export function effectTimeline(windows: readonly DriftWindow[], moved: readonly Judged[], since?: number): DriftPlot {
  const series = moved.map((one) => ({
    name: plainName(one),
    points: windows.map((window): TimePoint => {
      const found = judgedOf(window.verdict).find(
        ({ role, finding }) => role === one.role && finding.column === one.finding.column,
      );
      return [middle(window), found ? effectRatio(found.finding) : Number.NaN];
    }),
  }));
  const names = series.map(({ name }) => name).join(', ');
  return {
    name: 'effect-timeline',
    alt: `Distance from the reference by window, ${spanOf(windows)}, in units of what counts: ${names}`,
    svg: timeline({
      title: 'Distance from the reference',
      y: 'in units of what counts',
      series,
      range: rangeOf(windows),
      levels: [{ at: 1, name: 'counts from here' }],
      spans: openSpan(windows, since),
    }),
  };
}

/** A metric by window, measured and estimated, with the band that the evaluation promised and what it may lose. */
export function metricTimeline(
  windows: readonly DriftWindow[],
  { metric, noWorseThan }: { metric: MetricName; noWorseThan?: number },
  since?: number,
): DriftPlot[] {
  const measured = windows.map((window): TimePoint => {
    const found = window.verdict.performance.find((one) => one.metric === metric);
    return [middle(window), found?.measured?.value ?? Number.NaN];
  });
  const estimated = windows.map((window): TimePoint => {
    const found = window.verdict.estimates.find((one) => one.metric === metric);
    return [middle(window), found?.value ?? Number.NaN];
  });
  const has = (points: TimePoint[]) => points.some(([, value]) => Number.isFinite(value));
  if (!has(measured) && !has(estimated)) return [];
  const findings = windows.flatMap(({ verdict }) => verdict.performance.filter((one) => one.metric === metric));
  const promised = findings.findLast((one) => one.promised !== undefined)?.promised;
  const loss = lowerIsBetter(metric) ? noWorseThan : noWorseThan === undefined ? undefined : -noWorseThan;
  const limit = promised === undefined || loss === undefined ? undefined : promised.value + loss;
  const words = [
    ...(has(measured) ? ['measured where the truth is known'] : []),
    ...(has(estimated) ? ['estimated'] : []),
  ];
  return [
    {
      name: `metric-${metric}`,
      alt: `${metric} by window, ${spanOf(windows)}, ${words.join(' and ')}${promised ? `; promised ${metricValue(promised.value)}` : ''}`,
      svg: timeline({
        title: metric,
        y: metric,
        series: [
          ...(has(measured) ? [{ name: 'measured', points: measured }] : []),
          ...(has(estimated) ? [{ name: 'estimated', points: estimated, dashed: true }] : []),
        ],
        range: rangeOf(windows),
        ...(promised && promised.lower !== null && promised.upper !== null
          ? { band: { low: promised.lower, high: promised.upper } }
          : {}),
        levels: limit === undefined ? [] : [{ at: limit, name: 'no worse than this' }],
        spans: openSpan(windows, since),
      }),
    },
  ];
}

function rangeOf(windows: readonly DriftWindow[]): [number, number] {
  return [windows[0]?.from ?? 0, windows.at(-1)?.to ?? 0];
}

function spanOf(windows: readonly DriftWindow[]): string {
  const [from, to] = rangeOf(windows);
  return `${time(from)} to ${time(to)}`;
}

function openSpan(windows: readonly DriftWindow[], since: number | undefined): { from: number; to: number }[] {
  return since === undefined ? [] : [{ from: since, to: windows.at(-1)?.to ?? since }];
}

function middle({ from, to }: DriftWindow): number {
  return (from + to) / 2;
}
