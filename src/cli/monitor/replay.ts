/** What a monitor would have said of a history: the server's rules, without a server. */
import { type AlertSettings, type AlertState, advance, NO_ALERT } from '../../domain/drift/alert.ts';
import { earlierWindows } from '../../domain/drift/earlier-windows.ts';
import { judgeProduction } from '../../domain/drift/judge-production.ts';
import { measurePerformance } from '../../domain/drift/measure-performance.ts';
import type { ReferenceProfile, WindowProfile } from '../../domain/drift/profile.ts';
import { referenceOfSpan } from '../../domain/drift/reference-of-span.ts';
import { type LabelledRows, type SeenWindow, seenWindow } from '../../domain/drift/seen-window.ts';
import { sinceReference } from '../../domain/drift/since-reference.ts';
import type { PerformanceFinding } from '../../domain/drift/verdict.ts';
import { isVersion } from '../../domain/registry/version.ts';
import type { Monitor } from '../../domain/spec/valid-monitor.ts';
import { alertSettings } from '../../flows/monitor/alert-settings.ts';
import type { Span, WindowObservation } from '../../ports/drift-source.ts';
import type { DriftWindow } from '../../render/drift-view.ts';
import type { History } from './history.ts';

/** An issue as it would have been; times are the ends of the windows that turned it, epoch ms. */
export type ReplayedIssue = {
  opened: number;
  closed?: number;
  reopened: number;
  since: number;
  badWindows: number;
  reasons: string[];
};

export type Replay = { windows: DriftWindow[]; issues: ReplayedIssue[]; alert: AlertState };

/** Answers for one history under any settings; what does not depend on them is worked out once. */
export function createReplay(history: History): (monitor: Monitor) => Replay {
  const { windows: observed, model } = history;
  const versions = versionsIn(history);
  const measured = new Map<string, PerformanceFinding[]>();
  return (monitor) => {
    const measure = measuring(history, monitor, measured);
    const referenceOf = references(history, versions, monitor);
    const seen = new Map<DriftWindow, SeenWindow>();
    const windows: DriftWindow[] = [];
    for (const [place, window] of observed.entries()) {
      const version = versions[place]!;
      const { from, to, profile, labelled, malformed } = window;
      const { rows } = profile;
      const own = seenWindow(window, measure(labelled, profile, window), monitor.minRows);
      const found = judgeProduction({
        monitor,
        version,
        model,
        reference: referenceOf(version),
        window: { from, to, version },
        own,
        earlier: earlierWindows(windows, { from, to, rows, version }, monitor),
        seenOf: (one) => seen.get(one)!,
        measure,
      });
      const counts = { rows, labelled: labelled.labels.length, malformed: malformed.length };
      const judged = { from, to, ...counts, version, ...found };
      windows.push(judged);
      seen.set(judged, own);
    }
    return { windows, ...issuesOf(sinceReference(windows, monitor), alertSettings(monitor)) };
  };
}

/** Resampling is what takes long, and does not depend on what is tried. */
function measuring(
  { model, reference }: History,
  { performance }: Monitor,
  measured: Map<string, PerformanceFinding[]>,
) {
  return (labelled: LabelledRows, answered: WindowProfile, { from, to }: Span): PerformanceFinding[] => {
    const key = JSON.stringify([from, to, performance]);
    const found = measured.get(key) ?? measurePerformance(labelled, reference, performance, model, answered);
    measured.set(key, found);
    return found;
  };
}

/**
 * Window by window, the version that most rows have, the one before where it has as many. A source that names versions in
 * its own way says nothing of ours: then there is none, `''`. Before the first that is named, it is that one.
 */
function versionsIn({ windows }: History): string[] {
  const named = windows.map(({ profile }) => new Map(profile.versions.filter(([name]) => isVersion(name))));
  let version = named.flatMap((rows) => [...rows.keys()])[0] ?? '';
  return named.map((rows) => {
    for (const [name, count] of rows) if (count > (rows.get(version) ?? 0)) version = name;
    return version;
  });
}

/** The training, or the span of production that the monitor names, as far as the history holds it. */
function references(
  { windows, reference: training }: History,
  versions: string[],
  monitor: Monitor,
): (version: string) => ReferenceProfile {
  const { reference: wanted } = monitor;
  if (wanted === 'training') return () => training;
  const isWithin = ({ from, to }: WindowObservation) => from >= Date.parse(wanted.from) && to <= Date.parse(wanted.to);
  const within = windows.flatMap((window, place) =>
    isWithin(window) ? [{ version: versions[place]!, profile: window.profile }] : [],
  );
  const made = new Map<string, ReferenceProfile>();
  return (version) => {
    const found = made.get(version) ?? referenceOfSpan(training, within, version, monitor, made.size === 0);
    made.set(version, found);
    return found;
  };
}

/** Alert by alert, as the state says that it stood. */
function issuesOf(
  windows: readonly DriftWindow[],
  settings: AlertSettings,
): { issues: ReplayedIssue[]; alert: AlertState } {
  const issues: ReplayedIssue[] = [];
  let alert = NO_ALERT;
  for (const window of windows) {
    const { state, transitions } = advance(alert, [window], settings);
    const turn = transitions[0]?.kind;
    const { since = window.from, badWindows } = state;
    if (turn === 'opened') {
      issues.push({ opened: window.to, since, reopened: 0, badWindows, reasons: window.verdict.reasons });
    }
    const last = issues.at(-1);
    if (last && turn === 'closed') last.closed = window.to;
    if (last && state.status === 'open') {
      last.badWindows = badWindows;
      if (turn === 'reopened') {
        delete last.closed;
        last.reopened += 1;
      }
    }
    alert = state;
  }
  return { issues, alert };
}
