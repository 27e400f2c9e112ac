import { KEPT_WINDOWS } from '../../domain/drift/earlier-windows.ts';
import { AppError } from '../../domain/errors.ts';
import type { Monitor } from '../../domain/spec/valid-monitor.ts';
import type { Again, FlowDeps } from '../deps.ts';
import { formatKey } from '../keys.ts';
import type { Records } from '../records.ts';
import { carryWaiting } from './carry-waiting.ts';
import { EMPTY_MONITOR } from './empty-monitor.ts';
import { foldWindows } from './fold-windows.ts';
import { fallbackWords } from './job-fallback.ts';
import { keepIssue } from './keep-issue.ts';
import { keepTrouble, type Trouble, waitAfter } from './keep-trouble.ts';
import type { MonitorRecord, WindowRecord } from './monitor-record.ts';
import { noData } from './no-data.ts';
import { olderWindow } from './older-window.ts';
import { pruneObservations } from './prune-observations.ts';
import { readWindows, type WindowsRead } from './read-windows.ts';
import { retire } from './retire.ts';
import { retrainOnce } from './retrain-once.ts';
import { type MonitorScene, openScene } from './scene.ts';

/** A runner's profile of a window takes about so long. */
const WAITING_MS = 60_000;

/** Reads what production did since the last look, judges it, and keeps the monitor's issues true. */
export async function reconcileMonitor(
  deps: FlowDeps,
  records: Records,
  repository: string,
  name: string,
): Promise<Again> {
  const scene = await openScene(deps, records, repository, name);
  if (scene === 'unknown') return undefined;
  if ('gone' in scene) return retire(deps, records, scene.gone, repository, name);
  if ('waiting' in scene) return { at: nextLook(deps, scene.waiting) };
  const before = (await records.monitors.get(scene.id)) ?? EMPTY_MONITOR;
  const read = await tryReading(scene, before);
  const trouble = 'trouble' in read ? read.trouble : await takeIn(scene, read);
  await keepTrouble(scene, trouble);
  // While a past is caught up with, what it said by and by is no news.
  if ('trouble' in read || read.more !== 'now') await keepIssue(scene);
  await hearCommands(scene);
  await retrainOnce(scene);
  if (!('trouble' in read)) await pruneObservations(scene);
  return { at: await nextTime(scene, read) };
}

type Failed = { trouble: Trouble };

/** What cannot be read or judged is the monitor's trouble and told; everything else is the look's and tried again. */
async function tryReading(scene: MonitorScene, record: MonitorRecord): Promise<WindowsRead | Failed> {
  try {
    return await readWindows(scene, record);
  } catch (error) {
    if (!(error instanceof AppError) || error.family === 'conflict') throw error;
    const { deps, repository, monitor } = scene;
    deps.log.warn({ repository, monitor: monitor.name, code: error.code }, error.message);
    const { fallback } = (await scene.records.monitors.get(scene.id)) ?? EMPTY_MONITOR;
    const text = [
      error.message,
      ...(fallback && fallback.runner === monitor.runner ? [fallbackWords(fallback)] : []),
    ].join('\n');
    return { trouble: { kind: 'failing', text, atOnce: error.family !== 'external' } };
  }
}

async function takeIn(scene: MonitorScene, read: WindowsRead): Promise<Trouble | 'unknown' | undefined> {
  const { records, id, monitor } = scene;
  const now = read.at;
  const surplus = read.windows.slice(0, Math.max(0, read.windows.length - KEPT_WINDOWS));
  const folded = foldWindows(monitor, read.folded, surplus).state;
  const windows = read.windows.slice(surplus.length);
  const earlier = read.carried ? [read.carried, ...surplus] : surplus;
  const carried = surplus.length > 0 ? await carryWaiting(scene.deps.artifacts, earlier) : read.carried;
  // Folded anew each time: late labels may change what recent windows said.
  const { state: alert } = foldWindows(monitor, folded, windows);
  const saved = await records.monitors.update(id, (stored = EMPTY_MONITOR) => ({
    ...stored,
    windows,
    older: [...(read.older ?? []), ...surplus.map(olderWindow)].slice(-KEPT_WINDOWS),
    carried,
    folded,
    alert,
    turnedBy: alert.status === stored.alert.status ? stored.turnedBy : newestRevised(stored.windows, windows),
    nextFrom: read.nextFrom,
    watchedSince: stored.watchedSince ?? now,
  }));
  if (read.more) return 'unknown';
  const since = read.last ?? saved?.watchedSince ?? now;
  return noData(monitor, { now, since, any: read.last !== undefined, windows });
}

/** Start of the newest window that says something else than it did before. */
function newestRevised(before: WindowRecord[], now: WindowRecord[]): number | undefined {
  const known = new Map(before.map(({ from, revised = 0 }) => [from, revised]));
  const changed = ({ from, revised = 0, before: was, verdict }: WindowRecord) =>
    revised > (known.get(from) ?? 0) && was !== verdict.verdict;
  return now.findLast(changed)?.from;
}

/** What was asked on an issue while we did not know it for ours: between its creation and our note of it. */
async function hearCommands({ deps, records, repository, id }: MonitorScene): Promise<void> {
  const { issue, troubles = {} } = (await records.monitors.get(id)) ?? EMPTY_MONITOR;
  for (const number of [issue?.number, ...Object.values(troubles).map((one) => one.issue?.number)]) {
    if (!number) continue;
    const asked = await records.commands.list(`${repository}#${number}/`);
    if (asked.some(({ value }) => !value.handled))
      await deps.store.queue.request(formatKey({ kind: 'issue', repository, number }));
  }
}

async function nextTime(scene: MonitorScene, read: WindowsRead | Failed): Promise<number> {
  const { deps, records, id, monitor } = scene;
  const now = deps.clock.now();
  if (!('trouble' in read) && read.more) return read.more === 'now' ? now : now + WAITING_MS;
  const { troubles, snoozed } = (await records.monitors.get(id)) ?? EMPTY_MONITOR;
  const awake = snoozed ? now + snoozed.until - deps.monitorClock.now() : 0;
  const wishes = [
    nextLook(deps, monitor),
    awake,
    'trouble' in read && troubles?.failing ? now + waitAfter(troubles.failing) : 0,
  ];
  return Math.min(...wishes.filter((at) => at > now));
}

/** On the schedule's own grid, when the windows that end there have settled: daily soon after midnight UTC. */
function nextLook({ clock }: FlowDeps, { scheduleSeconds, settleSeconds }: Monitor): number {
  const every = scheduleSeconds * 1000;
  const settle = settleSeconds * 1000;
  return (Math.floor((clock.now() - settle) / every) + 1) * every + settle;
}
