import { checkQuality } from '../../domain/drift/check-quality.ts';
import { mergedIn, waitingBefore } from '../../domain/drift/earlier-windows.ts';
import { estimatePerformance } from '../../domain/drift/estimate-performance.ts';
import { judgeSettings } from '../../domain/drift/judge-settings.ts';
import { judgeWindow } from '../../domain/drift/judge-window.ts';
import { mergeWindowProfiles } from '../../domain/drift/merge-profiles.ts';
import { withPastErrors } from '../../domain/drift/past-errors.ts';
import type { ReferenceProfile, WindowProfile } from '../../domain/drift/profile.ts';
import { isMixed } from '../../domain/drift/rows-of-others.ts';
import { sinceReference } from '../../domain/drift/since-reference.ts';
import { trailingWindows, usualWindows } from '../../domain/drift/trailing-windows.ts';
import type { PerformanceFinding, WindowVerdict } from '../../domain/drift/verdict.ts';
import { AppError } from '../../domain/errors.ts';
import { digestOf } from '../../domain/fingerprint/digest.ts';
import type { Monitor } from '../../domain/spec/valid-monitor.ts';
import type { VersionRecord, WindowRecord } from '../records.ts';
import { judgedAgainst } from './judged-against.ts';
import { type KeptWindow, readKept } from './kept-window.ts';
import { performanceOf, type ReadWindow } from './observe-window.ts';
import type { MonitorScene } from './scene.ts';

/**
 * Judges a window that was read, given those before it: short ones that wait are added to it, windows like it tell steps
 * from slow changes, and windows with labels tell what estimates are worth.
 */
export async function judgeReadWindow(
  scene: MonitorScene,
  earlier: readonly WindowRecord[],
  window: ReadWindow,
): Promise<WindowRecord | 'waiting'> {
  const { deps, monitor, versions, current } = scene;
  const before = sinceReference(earlier, monitor);
  const version = versions.find((one) => one.version === window.version) ?? current;
  const reference = await judgedAgainst(scene, version);
  if (reference === 'waiting') return 'waiting';
  const own = await readKept(deps.artifacts, window);
  const waiting = window.rows > 0 ? waitingBefore(before, window.version) : [];
  const enough = window.rows + waiting.reduce((sum, { rows }) => sum + rows, 0) >= monitor.minRows;
  const group = enough ? waiting : [];
  const parts = [...(await Promise.all(group.map((one) => readKept(deps.artifacts, one)))), own];
  const trailing = trailingWindows(before, window);
  const profiles = await Promise.all(trailing.map((one) => readKept(deps.artifacts, one)));
  const usual = await Promise.all(usualWindows(before, window).map((one) => readUsual(scene, one, window)));
  const verdict = judged(window, () =>
    judge({ scene, version, reference, before, window, own, parts, profiles, usual }),
  );
  const { waits, merged, ...rest } = window;
  return {
    ...rest,
    ...(window.rows > 0 && !enough ? { waits: true } : {}),
    ...(group.length > 0 ? { merged: mergedIn(group) } : {}),
    settings: settingsDigest(monitor),
    verdict: keepPatterns(verdict, before),
  };
}

/** Of everything in the monitor that a window is judged by. */
export function settingsDigest(monitor: Monitor): string {
  const { effect, columns, minRows, falseDiscoveryRate, multivariate, seasonality, ...rest } = monitor;
  const { reference, checks, performance, windowSeconds, source } = rest;
  const settings = { effect, columns, minRows, falseDiscoveryRate, multivariate, seasonality };
  return digestOf({ ...settings, reference, checks, performance, windowSeconds, source } as never);
}

type Judging = {
  scene: MonitorScene;
  version: VersionRecord;
  reference: ReferenceProfile;
  before: readonly WindowRecord[];
  window: ReadWindow;
  own: KeptWindow;
  /** Those that are judged as one, this one last. */
  parts: KeptWindow[];
  /** Of the windows that tell a step from something slow. */
  profiles: KeptWindow[];
  /** Of the windows that tell how many rows, and which types, are usual. */
  usual: WindowProfile[];
};

function judge(judging: Judging): WindowVerdict {
  const { scene, version, reference, before, window, own, parts, profiles, usual } = judging;
  const { monitor } = scene;
  const { from, to } = window;
  const { malformed, timeless, duplicates, newest } = own.seen;
  const profile = parts.length > 1 ? mergeWindowProfiles(parts) : own;
  const promises = monitor.performance.map(({ metric }) => metric);
  const metrics = promises.length > 0 ? promises : reference.promised.map(({ metric }) => metric as never);
  return judgeWindow({
    reference,
    window: profile,
    version: version.version,
    trailing: profiles,
    quality: checkQuality({
      reference,
      profile: own,
      version: version.version,
      span: { from, to },
      newest,
      malformed,
      timeless,
      duplicates,
      ...(window.late ? { late: window.late } : {}),
      trailing: usual,
      checks: monitor.checks,
      windowSeconds: monitor.windowSeconds,
    }),
    performance: performanceIn(judging, profile),
    estimates: withPastErrors(
      estimatePerformance(reference, profile, metrics, version.model),
      before.map((one) => one.verdict),
    ),
    settings: judgeSettings(monitor, reference),
    from,
    to,
  });
}

/** Another version has other types. */
async function readUsual({ deps }: MonitorScene, one: WindowRecord, { version }: ReadWindow): Promise<WindowProfile> {
  const kept = await readKept(deps.artifacts, one);
  return one.version === version ? kept : { ...kept, types: [] };
}

/** Rows with labels are not told apart by who answered them. */
function performanceIn(
  { parts, own, reference, scene, version }: Judging,
  profile: WindowProfile,
): PerformanceFinding[] {
  const alone = parts.length === 1;
  const found = alone ? own.seen.performance : performanceOfAll(parts, profile, reference, scene.monitor, version);
  if (!isMixed(profile, version.version)) return found;
  return found.map((one) => (one.verdict === 'reported' ? one : { ...one, verdict: 'cannot-tell' }));
}

function performanceOfAll(
  parts: KeptWindow[],
  profile: WindowProfile,
  reference: ReferenceProfile,
  monitor: Monitor,
  version: VersionRecord,
): PerformanceFinding[] {
  const all = parts.flatMap(({ seen }) => (seen.labelled ? [seen.labelled] : []));
  // One that is long enough by itself keeps no labels, only what they said.
  if (parts.at(-1)!.rows >= monitor.minRows) return parts.at(-1)!.seen.performance;
  const labelled = {
    predictions: Float64Array.from(all.flatMap(({ predictions }) => predictions)),
    labels: Float64Array.from(all.flatMap(({ labels }) => labels)),
  };
  return performanceOf(labelled, reference, monitor, version.model, profile);
}

/** What began as a step stays one: the windows before it soon look like it. */
function keepPatterns(verdict: WindowVerdict, before: readonly WindowRecord[]): WindowVerdict {
  const last = before.findLast((one) => one.verdict.verdict === 'good' || one.verdict.verdict === 'bad')?.verdict;
  if (verdict.verdict !== 'bad' || last?.verdict !== 'bad') return verdict;
  const columns = verdict.columns.map((finding) => {
    const pattern = last.columns.find((one) => one.column === finding.column && one.drifted)?.pattern;
    return finding.drifted && pattern ? { ...finding, pattern } : finding;
  });
  return { ...verdict, columns };
}

function judged<T>({ from }: ReadWindow, judge: () => T): T {
  try {
    return judge();
  } catch (error) {
    if (error instanceof AppError) throw error;
    const text = error instanceof Error ? error.message : String(error);
    throw new AppError('bug/invariant', `judging the window of ${new Date(from).toISOString()}: ${text}`, {
      cause: error,
    });
  }
}
