import type { MetricName, Model } from '../spec/valid.ts';
import type { Monitor } from '../spec/valid-monitor.ts';
import { checkQuality } from './check-quality.ts';
import { type EarlierWindows, mergedIn, type OlderWindow, type PastWindow } from './earlier-windows.ts';
import { estimatePerformance } from './estimate-performance.ts';
import { judgeSettings } from './judge-settings.ts';
import { judgeWindow } from './judge-window.ts';
import { mergeWindowProfiles } from './merge-profiles.ts';
import { withPastErrors } from './past-errors.ts';
import type { ReferenceProfile, WindowProfile } from './profile.ts';
import { isMixed } from './rows-of-others.ts';
import { type LabelledRows, labelledOf, type SeenWindow } from './seen-window.ts';
import type { PerformanceFinding, QualityFinding, WindowVerdict } from './verdict.ts';

export type Production<W, O = W> = {
  monitor: Monitor;
  /** That the window is judged by. */
  version: string;
  model: Model;
  /** What windows of that version are compared with. */
  reference: ReferenceProfile;
  /** `late`: rows that came after it was judged first. */
  window: { from: number; to: number; version: string; late?: number };
  own: SeenWindow;
  earlier: EarlierWindows<W, O>;
  /** Of the group, and of the trailing and usual windows. */
  seenOf(window: W | O): SeenWindow;
  /** Of windows that are judged as one, which span that time: see measure-performance.ts. */
  measure(labelled: LabelledRows, answered: WindowProfile, span: { from: number; to: number }): PerformanceFinding[];
};

/**
 * Judges a window of production, given those before it: short ones that wait are added to it, windows like it tell steps
 * from slow changes, and windows with labels tell what estimates are worth.
 */
export function judgeProduction<W extends PastWindow, O extends OlderWindow = W>(
  production: Production<W, O>,
): Pick<PastWindow, 'waits' | 'merged' | 'verdict'> {
  const { monitor, version, model, reference, window, own, earlier, seenOf } = production;
  const { from, to } = window;
  const parts = [...earlier.group.map(seenOf), own];
  const profile = parts.length > 1 ? mergeWindowProfiles(parts) : own;
  const promises = monitor.performance.map(({ metric }) => metric);
  const metrics = promises.length > 0 ? promises : reference.promised.map(({ metric }) => metric as MetricName);
  const verdict = judgeWindow({
    reference,
    window: profile,
    version,
    trailing: earlier.trailing.map(seenOf),
    quality: qualityIn(production),
    performance: performanceIn(production, parts, profile),
    estimates: withPastErrors(
      estimatePerformance(reference, profile, metrics, model),
      earlier.recent.map((one) => one.verdict),
    ),
    settings: judgeSettings(monitor, reference),
    from,
    to,
  });
  return {
    ...(earlier.waits ? { waits: true } : {}),
    ...(earlier.group.length > 0 ? { merged: mergedIn(earlier.group) } : {}),
    verdict: keepPatterns(verdict, earlier.recent),
  };
}

/** Of the window by itself. */
function qualityIn<W extends PastWindow, O extends OlderWindow>(production: Production<W, O>): QualityFinding[] {
  const { monitor, version, reference, window, own, earlier, seenOf } = production;
  const { malformed, timeless, duplicates, newest } = own.seen;
  return checkQuality({
    reference,
    profile: own,
    version,
    span: { from: window.from, to: window.to },
    newest,
    malformed,
    timeless,
    duplicates,
    ...(window.late ? { late: window.late } : {}),
    // Another version has other types.
    trailing: earlier.usual.map((one) =>
      one.version === window.version ? seenOf(one) : { ...seenOf(one), types: [] },
    ),
    checks: monitor.checks,
    windowSeconds: monitor.windowSeconds,
  });
}

/** Rows with labels are not told apart by who answered them. */
function performanceIn<W extends PastWindow, O extends OlderWindow>(
  { monitor, version, window, own, earlier, measure }: Production<W, O>,
  parts: SeenWindow[],
  profile: WindowProfile,
): PerformanceFinding[] {
  // One that is long enough by itself keeps no labels, only what they said.
  const isAlone = parts.length === 1 || own.rows >= monitor.minRows;
  const from = earlier.group[0]?.from ?? window.from;
  const found = isAlone ? own.seen.performance : measure(labelledOf(parts), profile, { from, to: window.to });
  if (!isMixed(profile, version)) return found;
  return found.map((one) => (one.verdict === 'reported' ? one : { ...one, verdict: 'cannot-tell' }));
}

/** What began as a step stays one: the windows before it soon look like it. */
function keepPatterns(verdict: WindowVerdict, before: readonly PastWindow[]): WindowVerdict {
  const last = before.findLast((one) => one.verdict.verdict === 'good' || one.verdict.verdict === 'bad')?.verdict;
  if (verdict.verdict !== 'bad' || last?.verdict !== 'bad') return verdict;
  const columns = verdict.columns.map((finding) => {
    const pattern = last.columns.find((one) => one.column === finding.column && one.drifted)?.pattern;
    return finding.drifted && pattern ? { ...finding, pattern } : finding;
  });
  return { ...verdict, columns };
}
