/** Windows that were read before, judged as they are now: rows and labels come late and are corrected. */
import { referenceBegins } from '../../domain/drift/since-reference.ts';
import { digestOf } from '../../domain/fingerprint/digest.ts';
import { judgeReadWindow, type Past, settingsDigest } from './judge-read-window.ts';
import type { WindowRecord } from './monitor-record.ts';
import { observeWindow, type ReadWindow, stampOf } from './observe-window.ts';
import type { MonitorScene } from './scene.ts';

type Again = { windows: WindowRecord[]; more?: 'now' | 'waiting' };

/** The newest windows change most: they are looked at each time. */
const NEWEST = 3;
/** Older ones when they are so much older than at the last time. */
const OLDER = 1.25;

/**
 * `earlier`: what is kept of the windows before `kept`. `budget.reads`: how many may be read, counted down. What is judged by
 * settings of before is judged anew, and what is older than the reference is left as it is.
 */
export async function readAgain(
  scene: MonitorScene,
  earlier: Omit<Past, 'windows'>,
  kept: WindowRecord[],
  budget: { reads: number },
): Promise<Again> {
  const settings = settingsDigest(scene.monitor);
  const begins = referenceBegins(scene.monitor);
  const windows: WindowRecord[] = [];
  let more: Again['more'];
  /** The windows that are judged as one are not the same any more. */
  let regrouping = false;
  for (const [index, window] of kept.entries()) {
    if (window.from < begins) {
      windows.push(window);
      continue;
    }
    const stale = window.settings !== settings;
    const due = stale || index >= kept.length - NEWEST || isDue(scene, window);
    const read = due && !more ? await readIfChanged(scene, window, budget) : window;
    if (read === 'waiting' || read === 'later') more = read === 'later' ? 'now' : 'waiting';
    const present: ReadWindow = typeof read === 'string' ? window : read;
    // Its settings stay those of before, so that the next look goes on with it.
    if (stale && more) {
      windows.push(window);
      continue;
    }
    const changed = present.stamp !== window.stamp;
    regrouping ||= changed && [present, window].some(({ rows }) => rows < scene.monitor.minRows);
    const judged =
      changed || stale || regrouping ? await judgeReadWindow(scene, { ...earlier, windows }, present) : undefined;
    if (judged === 'waiting') more = 'waiting';
    if (judged === 'waiting') windows.push(window);
    else if (judged === undefined) windows.push({ ...window, lookedAt: present.lookedAt });
    else windows.push(changed ? revised(window, judged) : judged);
  }
  return { windows, ...(more ? { more } : {}) };
}

/** So that a window is looked at some ten times in all, and what comes late is seen after a part of its lateness. */
function isDue({ deps }: MonitorScene, { to, lookedAt }: WindowRecord): boolean {
  return deps.monitorClock.now() - to >= OLDER * (lookedAt - to);
}

async function readIfChanged(
  scene: MonitorScene,
  window: WindowRecord,
  budget: { reads: number },
): Promise<ReadWindow | 'waiting' | 'later'> {
  const { deps, versions, current } = scene;
  if ((await stampOf(scene, window)) === window.stamp) return { ...window, lookedAt: deps.monitorClock.now() };
  if (budget.reads === 0) return 'later';
  budget.reads -= 1;
  const version = versions.find((one) => one.version === window.version) ?? current;
  const { from, to } = window;
  const read = await observeWindow(scene, { from, to }, version);
  if (read === 'waiting') return read;
  const late = (window.late ?? 0) + Math.max(0, read.rows - window.rows);
  return { ...window, ...read, ...(late > 0 ? { late } : {}) };
}

/** Late rows and labels are told of when they change what is said. */
function revised(before: WindowRecord, now: WindowRecord): WindowRecord {
  if (digestOf(before.verdict as never) === digestOf(now.verdict as never)) return now;
  return { ...now, revised: (before.revised ?? 0) + 1, before: before.verdict.verdict };
}
