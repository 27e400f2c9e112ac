/** What a monitor would have said of a history: the server's rules, without a server. */
import { type AlertSettings, type AlertState, advance, NO_ALERT } from '../../domain/drift/alert.ts';
import { checkQuality } from '../../domain/drift/check-quality.ts';
import { KEPT_WINDOWS } from '../../domain/drift/earlier-windows.ts';
import { estimatePerformance } from '../../domain/drift/estimate-performance.ts';
import { judgePerformance } from '../../domain/drift/judge-performance.ts';
import { judgeSettings } from '../../domain/drift/judge-settings.ts';
import { judgeWindow } from '../../domain/drift/judge-window.ts';
import { mergeWindowProfiles } from '../../domain/drift/merge-profiles.ts';
import { withPastErrors } from '../../domain/drift/past-errors.ts';
import type { ReferenceProfile } from '../../domain/drift/profile.ts';
import { referenceFromWindows } from '../../domain/drift/reference-from-windows.ts';
import { referenceBegins, sinceReference } from '../../domain/drift/since-reference.ts';
import { trailingWindows, usualWindows } from '../../domain/drift/trailing-windows.ts';
import type { PerformanceFinding, WindowVerdict } from '../../domain/drift/verdict.ts';
import { AppError } from '../../domain/errors.ts';
import type { MetricName } from '../../domain/spec/valid.ts';
import type { Monitor } from '../../domain/spec/valid-monitor.ts';
import { alertSettings } from '../../flows/monitor/alert-settings.ts';
import type { WindowObservation } from '../../ports/drift-source.ts';
import type { DriftWindow } from '../../render/drift-view.ts';
import { type History, together } from './history.ts';

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
  const measured = new Map<string, PerformanceFinding[]>();
  return (monitor) => {
    const reference = judgedAgainst(history, monitor);
    const begins = referenceBegins(monitor);
    const windows: Judged[] = [];
    const before: Judged[] = [];
    for (const window of history.windows) {
      const judged = judge({ history, monitor, reference, before, window, measured });
      windows.push(judged);
      if (window.from >= begins) before.push(judged);
    }
    const shown = windows.map((one) => one.shown);
    return { windows: shown, ...issuesOf(sinceReference(shown, monitor), alertSettings(monitor)) };
  };
}

type Judged = { seen: WindowObservation; shown: DriftWindow };

type Judging = {
  history: History;
  monitor: Monitor;
  reference: ReferenceProfile;
  before: Judged[];
  window: WindowObservation;
  measured: Map<string, PerformanceFinding[]>;
};

function judge({ history, monitor, reference, before, window, measured }: Judging): Judged {
  const { model } = history;
  const { rows } = window.profile;
  const waiting = rows > 0 ? waitingBefore(before) : [];
  const enough = rows + waiting.reduce((sum, { profile }) => sum + profile.rows, 0) >= monitor.minRows;
  const parts = enough ? [...waiting, window] : [window];
  const all = parts.length > 1 ? together(parts, parts[0]!.from, window.to) : window;
  const version = versionOf(window, model.name);
  const earlier = before.map(({ seen, shown }) => ({ ...shown, profile: seen.profile }));
  const trailing = trailingWindows(earlier, { from: window.from, version }).map(({ profile }) => profile);
  // Another version has other types.
  const usual = usualWindows(earlier.slice(-KEPT_WINDOWS), window).map((one) =>
    one.version === version ? one.profile : { ...one.profile, types: [] },
  );
  const wanted = monitor.performance.map(({ metric }) => metric);
  const metrics = wanted.length > 0 ? wanted : reference.promised.map(({ metric }) => metric as MetricName);
  const verdict = judgeWindow({
    reference,
    window: all.profile,
    version,
    trailing,
    quality: qualityOf(window, version, monitor, reference, usual),
    performance: performanceOf(all, history, monitor, measured),
    estimates: withPastErrors(
      estimatePerformance(reference, all.profile, metrics, model),
      before.map(({ shown }) => shown.verdict),
    ),
    settings: judgeSettings(monitor, reference),
    from: window.from,
    to: window.to,
  });
  const shown: DriftWindow = {
    from: window.from,
    to: window.to,
    rows,
    labelled: window.labelled.labels.length,
    malformed: window.malformed.length,
    version,
    ...(rows > 0 && !enough ? { waits: true } : {}),
    ...(parts.length > 1 ? { merged: parts.length - 1 } : {}),
    verdict,
  };
  return { seen: window, shown };
}

function qualityOf(
  window: WindowObservation,
  version: string,
  { checks, windowSeconds }: Monitor,
  reference: ReferenceProfile,
  trailing: WindowObservation['profile'][],
): WindowVerdict['quality'] {
  const { profile, from, to, newest, malformed, timeless, duplicates } = window;
  const span = { from, to };
  return checkQuality({
    reference,
    profile,
    version,
    span,
    newest,
    malformed,
    timeless,
    duplicates,
    trailing,
    checks,
    windowSeconds,
  });
}

/** Resampling is what takes long, and does not depend on what is tried. */
function performanceOf(
  { from, to, labelled, profile }: WindowObservation,
  { model, reference }: History,
  monitor: Monitor,
  measured: Map<string, PerformanceFinding[]>,
): PerformanceFinding[] {
  const key = JSON.stringify([from, to, monitor.performance]);
  const known = measured.get(key);
  if (known !== undefined) return known;
  const threshold = reference.threshold ?? model.evaluate.threshold;
  const judged = { ...model, evaluate: { ...model.evaluate, threshold } };
  const found = judgePerformance(labelled, reference.promised, monitor.performance, judged, profile);
  measured.set(key, found);
  return found;
}

/** The windows directly before that are short and were not judged with another yet, oldest first. */
function waitingBefore(before: readonly Judged[]): WindowObservation[] {
  const found: WindowObservation[] = [];
  for (const { seen, shown } of [...before].reverse()) {
    if (shown.rows === 0) continue;
    if (!shown.waits) break;
    found.unshift(seen);
  }
  return found;
}

function versionOf({ profile }: WindowObservation, otherwise: string): string {
  const [most] = [...profile.versions].sort((a, b) => b[1] - a[1]);
  return most?.[0] ?? otherwise;
}

/** The training, or the span of production that the monitor names, as far as the history holds it. */
function judgedAgainst({ reference, windows }: History, monitor: Monitor): ReferenceProfile {
  const wanted = monitor.reference;
  if (wanted === 'training') return reference;
  const [from, to] = [Date.parse(wanted.from), Date.parse(wanted.to)];
  const blocks = windows
    .filter((window) => window.from >= from && window.to <= to && window.profile.rows > 0)
    .map(({ profile }) => profile);
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  if (rows < monitor.minRows)
    throw new AppError(
      'config/invalid-spec',
      `monitor ${monitor.name}: its reference ${wanted.from} to ${wanted.to} has ${rows} rows; it takes ${monitor.minRows}`,
    );
  return referenceFromWindows(reference, mergeWindowProfiles(blocks), blocks);
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
