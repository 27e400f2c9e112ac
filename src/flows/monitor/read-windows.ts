/** The windows of a monitor's record, brought up to the present: new ones read, those that changed read and judged again. */

import { NO_ALERT } from '../../domain/drift/alert.ts';
import { digestOf } from '../../domain/fingerprint/digest.ts';
import type { MonitorRecord, VersionRecord, WindowRecord } from '../records.ts';
import { judgeReadWindow, settingsDigest } from './judge-read-window.ts';
import { observeWindow, stampOf } from './observe-window.ts';
import type { MonitorScene } from './scene.ts';

/** Windows read in one look; more are read in the next, so that one monitor does not hold a worker for long. */
const MAX_READ = 10;
export const KEPT_WINDOWS = 60;

export type WindowsRead = {
  windows: WindowRecord[];
  folded: MonitorRecord['folded'];
  nextFrom?: number;
  /** There is more to read, or runners are at it. */
  more?: 'now' | 'waiting';
  /** Event time of the newest row there is. */
  last?: number;
};

export async function readWindows(scene: MonitorScene, record: MonitorRecord): Promise<WindowsRead> {
  const { deps, watched } = scene;
  const extent = await deps.drift.extent(watched);
  const kept = startOver(scene, record) ?? record;
  const budget = { reads: MAX_READ };
  const again = await readAgain(scene, kept.windows, budget);
  const { windows, folded } = { windows: again.windows, folded: kept.folded };
  const last = extent && { last: extent.last };
  let nextFrom = firstFrom(scene, kept.nextFrom, extent?.first);
  if (again.more || nextFrom === undefined) return { windows, folded, nextFrom, ...last, more: again.more };
  const length = scene.monitor.windowSeconds * 1000;
  const settled = deps.monitorClock.now() - scene.monitor.settleSeconds * 1000;
  while (nextFrom + length <= settled) {
    if (budget.reads === 0) return { windows, folded, nextFrom, ...last, more: 'now' };
    budget.reads -= 1;
    const span = { from: nextFrom, to: nextFrom + length };
    const read = await observeWindow(scene, span, scene.current);
    const window = read === 'waiting' ? read : await judgeReadWindow(scene, windows, read);
    if (window === 'waiting') return { windows, folded, nextFrom, ...last, more: 'waiting' };
    windows.push(window);
    nextFrom += length;
  }
  return { windows, folded, nextFrom, ...last };
}

/** Windows of another length cannot be added up or told apart: they are read anew. */
function startOver(
  { monitor }: MonitorScene,
  { windows }: MonitorRecord,
): (Partial<MonitorRecord> & Pick<MonitorRecord, 'windows' | 'folded'>) | undefined {
  const [first] = windows;
  const length = monitor.windowSeconds * 1000;
  if (!first || first.to - first.from === length) return undefined;
  return { windows: [], folded: NO_ALERT, nextFrom: Math.floor(first.from / length) * length };
}

/** Where the next window begins. What is older than the windows that are kept is not read at all. */
function firstFrom(
  { deps, monitor }: MonitorScene,
  next: number | undefined,
  first: number | undefined,
): number | undefined {
  const from = next ?? first;
  if (from === undefined) return undefined;
  const length = monitor.windowSeconds * 1000;
  const oldest = deps.monitorClock.now() - KEPT_WINDOWS * length;
  return Math.floor(Math.max(from, oldest) / length) * length;
}

type Again = { windows: WindowRecord[]; more?: 'now' | 'waiting' };

async function readAgain(scene: MonitorScene, kept: WindowRecord[], budget: { reads: number }): Promise<Again> {
  const { monitor, versions, current } = scene;
  const settings = settingsDigest(monitor);
  const windows: WindowRecord[] = [];
  let more: Again['more'];
  /** The windows that are judged as one are not the same any more. */
  let regrouping = false;
  for (const window of kept) {
    const changed = more === undefined && (await stampOf(scene, window)) !== window.stamp;
    let read =
      changed && budget.reads > 0 ? await reread(scene, window, versionOf(versions, window) ?? current) : window;
    if (changed && budget.reads === 0) more = 'now';
    if (read === 'waiting') more = 'waiting';
    if (read === 'waiting') read = window;
    if (read !== window) budget.reads -= 1;
    regrouping ||= read !== window && [read, window].some((one) => one.rows < monitor.minRows);
    if (read === window && window.settings === settings && !regrouping) {
      windows.push(window);
      continue;
    }
    const judged = await judgeReadWindow(scene, windows, read);
    if (judged === 'waiting') more = 'waiting';
    windows.push(judged === 'waiting' ? window : read === window ? judged : revised(window, judged));
  }
  return { windows, ...(more ? { more } : {}) };
}

async function reread(scene: MonitorScene, window: WindowRecord, version: VersionRecord) {
  const { from, to } = window;
  const read = await observeWindow(scene, { from, to }, version);
  if (read === 'waiting') return read;
  const late = (window.late ?? 0) + Math.max(0, read.rows - window.rows);
  return { ...window, ...read, ...(late > 0 ? { late } : {}) };
}

function versionOf(versions: VersionRecord[], { version }: WindowRecord): VersionRecord | undefined {
  return versions.find((one) => one.version === version);
}

/** Late rows and labels are told of when they change what is said. */
function revised(before: WindowRecord, now: WindowRecord): WindowRecord {
  if (digestOf(before.verdict as never) === digestOf(now.verdict as never)) return now;
  return { ...now, revised: (before.revised ?? 0) + 1, before: before.verdict.verdict };
}
