/** The windows of a monitor's record, brought up to the present: new ones read, recent ones re-read for late labels. */
import { judgePerformance } from '../../domain/drift/judge-performance.ts';
import { judgeWindow } from '../../domain/drift/judge-window.ts';
import type { ReferenceProfile } from '../../domain/drift/profile.ts';
import type { Monitor } from '../../domain/spec/valid.ts';
import type { WindowObservation } from '../../ports/drift-source.ts';
import { readJson } from '../blobs.ts';
import type { FlowDeps } from '../deps.ts';
import type { MonitorRecord, VersionRecord, WindowRecord } from '../records.ts';

/** Windows read in one look; more are read in the next, so that one monitor does not hold a worker for long. */
const MAX_NEW = 10;
/** So many windows back labels may still arrive and change a verdict. */
const LATE_WINDOWS = 3;

export type MonitorScene = {
  deps: FlowDeps;
  repository: string;
  monitor: Monitor;
  /** Of the model, oldest first. */
  versions: VersionRecord[];
  current: VersionRecord;
};

export type WindowsRead = {
  windows: WindowRecord[];
  nextFrom: number | undefined;
  more: boolean;
  newest?: WindowObservation;
};

export async function readWindows(scene: MonitorScene, record: MonitorRecord): Promise<WindowsRead> {
  const { deps, repository, monitor } = scene;
  const extent = await deps.drift.extent({ repository, deployment: monitor.deployment });
  const length = monitor.windowSeconds * 1000;
  if (!extent) return { windows: record.windows, nextFrom: record.nextFrom, more: false };
  const windows = await rereadLate(scene, record.windows);
  let from = record.nextFrom ?? Math.floor(extent.first / length) * length;
  let newest: WindowObservation | undefined;
  let read = 0;
  while (from + length <= deps.monitorClock.now() && read < MAX_NEW) {
    const one = await readWindow(scene, { from, to: from + length }, scene.current);
    windows.push(one.window);
    newest = one.observed;
    from += length;
    read += 1;
  }
  return { windows, nextFrom: from, more: from + length <= deps.monitorClock.now(), newest };
}

/** A window that was read before: its distributions are shown, but not kept. */
export async function observeAgain(scene: MonitorScene, window: WindowRecord): Promise<WindowObservation> {
  const version = scene.versions.find((one) => one.version === window.version) ?? scene.current;
  return (await readWindow(scene, window, version)).observed;
}

async function rereadLate(scene: MonitorScene, windows: WindowRecord[]): Promise<WindowRecord[]> {
  const settled = windows.slice(0, -LATE_WINDOWS);
  const late: WindowRecord[] = [];
  for (const window of windows.slice(-LATE_WINDOWS)) {
    const version = scene.versions.find((one) => one.version === window.version);
    const open = scene.monitor.performance.length > 0 && window.labelled < window.rows;
    late.push(version && open ? (await readWindow(scene, window, version)).window : window);
  }
  return [...settled, ...late];
}

async function readWindow(
  scene: MonitorScene,
  span: { from: number; to: number },
  expected: VersionRecord,
): Promise<{ window: WindowRecord; observed: WindowObservation }> {
  const { deps, repository, monitor, versions } = scene;
  const location = { repository, deployment: monitor.deployment };
  let version = expected;
  let reference = await readJson<ReferenceProfile>(deps.artifacts, version.referenceDigest);
  let observed = await deps.drift.observe(location, span, reference, version.model);
  if (observed.rows > 0 && !observed.versions.includes(version.version)) {
    // The window was answered by another version: it is judged by that one's reference.
    version = versions.findLast((one) => observed.versions.includes(one.version)) ?? version;
    reference = await readJson<ReferenceProfile>(deps.artifacts, version.referenceDigest);
    observed = await deps.drift.observe(location, span, reference, version.model);
  }
  const { evaluate } = version.model;
  const model = { ...version.model, evaluate: { ...evaluate, threshold: reference.threshold ?? evaluate.threshold } };
  const performance = judgePerformance(observed.labelled, reference.promised, monitor.performance, model);
  const verdict = judgeWindow(reference, observed, performance, {
    effect: monitor.effect,
    ignore: monitor.columns.ignore,
  });
  return {
    observed,
    window: {
      from: span.from,
      to: span.to,
      rows: observed.rows,
      labelled: observed.labelled.labels.length,
      version: version.version,
      malformed: observed.malformed.length,
      verdict,
    },
  };
}
