/** The windows of a monitor's record, brought up to the present: new ones read, those that changed read and judged again. */

import { NO_ALERT } from '../../domain/drift/alert.ts';
import { KEPT_WINDOWS } from '../../domain/drift/earlier-windows.ts';
import { judgeReadWindow } from './judge-read-window.ts';
import type { MonitorRecord, WindowRecord } from './monitor-record.ts';
import { observeWindow } from './observe-window.ts';
import { readAgain } from './read-again.ts';
import type { MonitorScene } from './scene.ts';

/** Windows read in one look; more are read in the next, so that one monitor does not hold a worker for long. */
const MAX_READ = 10;
/** By so much the clock of whoever writes rows may be ahead of the monitor's. */
const AHEAD_MS = 3_600_000;

export type WindowsRead = {
  /** When it was looked, by the monitor's clock. */
  at: number;
  windows: WindowRecord[];
  older?: MonitorRecord['older'];
  carried?: WindowRecord;
  folded: MonitorRecord['folded'];
  nextFrom?: number;
  /** There is more to read, or runners are at it. */
  more?: 'now' | 'waiting';
  /** Event time of the newest row; where rows are of the future, the end of the newest window that has one. */
  last?: number;
};

export async function readWindows(scene: MonitorScene, record: MonitorRecord): Promise<WindowsRead> {
  const { deps, watched } = scene;
  const at = deps.monitorClock.now();
  const extent = await deps.drift.extent(watched);
  const kept = startOver(scene, record) ?? record;
  const budget = { reads: MAX_READ };
  const earlier = { older: kept.older, carried: kept.carried };
  const again = await readAgain(scene, earlier, kept.windows, budget);
  const { windows, folded } = { windows: again.windows, folded: kept.folded };
  const found = { at, ...earlier };
  let nextFrom = firstFrom(scene, kept.nextFrom, extent?.first);
  if (again.more || nextFrom === undefined) return { windows, folded, nextFrom, ...found, more: again.more };
  const length = scene.monitor.windowSeconds * 1000;
  const settled = at - scene.monitor.settleSeconds * 1000;
  while (nextFrom + length <= settled) {
    if (budget.reads === 0) return { windows, folded, nextFrom, ...found, more: 'now' };
    budget.reads -= 1;
    const span = { from: nextFrom, to: nextFrom + length };
    const read = await observeWindow(scene, span, scene.current);
    const window = read === 'waiting' ? read : await judgeReadWindow(scene, { ...earlier, windows }, read);
    if (window === 'waiting') return { windows, folded, nextFrom, ...found, more: 'waiting' };
    windows.push(window);
    nextFrom += length;
  }
  const last = newestRow(at, windows, extent?.last);
  return { windows, folded, nextFrom, ...found, ...(last === undefined ? {} : { last }) };
}

/** One row of a far future is no sign that rows arrive: then what was seen says when the last one did. */
function newestRow(at: number, windows: readonly WindowRecord[], last: number | undefined): number | undefined {
  if (last === undefined || last <= at + AHEAD_MS) return last;
  return windows.findLast(({ rows }) => rows > 0)?.to;
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
