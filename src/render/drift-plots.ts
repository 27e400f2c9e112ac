import type { ReferenceProfile, WindowProfile } from '../domain/drift/profile.ts';
import type { Monitor } from '../domain/spec/valid-monitor.ts';
import { distributionPlot } from './drift/distribution-plot.ts';
import type { DriftPlot } from './drift/drift-plot.ts';
import { lastBad } from './drift/shown-window.ts';
import { effectTimeline, metricTimeline } from './drift/timeline-plots.ts';
import { decisiveTest, isPrivate, type Judged, movedIn, plainName } from './drift/words.ts';
import type { DriftWindow } from './drift-view.ts';

export type { DriftPlot } from './drift/drift-plot.ts';

const DISTRIBUTIONS = 4;
const LINES = 6;
const NAMES = { reference: 'reference', current: 'newest bad window' };

/** What moved, as pictures: distributions of a window against the reference, effects and metrics over the windows. */
export function driftPlots(input: {
  reference: ReferenceProfile;
  /** Of the newest bad window. */
  observed: Pick<WindowProfile, 'columns' | 'prediction' | 'confidence'> | undefined;
  /** Oldest first. */
  windows: DriftWindow[];
  monitor: Pick<Monitor, 'performance'>;
  /** Start of the first bad window, if an alert is open. */
  since?: number;
  /** Personal data: the column is judged, its values are not shown. */
  privateColumns: ReadonlySet<string>;
}): DriftPlot[] {
  const { reference, observed, windows, monitor, privateColumns, since } = input;
  const shown = lastBad(windows);
  const moved = shown ? movedIn(shown.verdict) : [];
  const distributions = observed
    ? moved
        .filter((one) => !isPrivate(one, privateColumns))
        .flatMap((one) => distributionOf(one, reference, observed))
        .slice(0, DISTRIBUTIONS)
    : [];
  const effects = moved.length > 0 ? [effectTimeline(windows, moved.slice(0, LINES), since)] : [];
  const metrics = monitor.performance.flatMap((promise) => metricTimeline(windows, promise, since));
  return [...distributions, ...effects, ...metrics];
}

function distributionOf(
  judged: Judged,
  reference: ReferenceProfile,
  observed: Pick<WindowProfile, 'columns' | 'prediction' | 'confidence'>,
): DriftPlot[] {
  const { role, finding } = judged;
  const named = <Column extends { column: string }>(columns: Column[]) =>
    columns.find(({ column }) => column === finding.column);
  const before = role === 'input' ? named(reference.columns) : reference[role];
  const now = role === 'input' ? named(observed.columns) : observed[role];
  const plot = before && now && distributionPlot(before, now, decisiveTest(finding).of, NAMES, plainName(judged));
  return plot ? [plot] : [];
}
