import { earlierWindows } from '../../domain/drift/earlier-windows.ts';
import { judgeProduction } from '../../domain/drift/judge-production.ts';
import { measurePerformance } from '../../domain/drift/measure-performance.ts';
import type { SeenWindow } from '../../domain/drift/seen-window.ts';
import { AppError } from '../../domain/errors.ts';
import { digestOf } from '../../domain/fingerprint/digest.ts';
import type { Monitor } from '../../domain/spec/valid-monitor.ts';
import { judgedAgainst } from './judged-against.ts';
import { readKept } from './kept-window.ts';
import type { MonitorRecord, OlderRecord, WindowRecord } from './monitor-record.ts';
import type { ReadWindow } from './observe-window.ts';
import type { MonitorScene } from './scene.ts';

/** The windows before one that is judged. */
export type Past = Pick<MonitorRecord, 'older' | 'carried' | 'windows'>;

/** Judges a window that was read, given those before it. `waiting`: runners profile what it is to be judged against. */
export async function judgeReadWindow(
  scene: MonitorScene,
  { older, carried, windows }: Past,
  window: ReadWindow,
): Promise<WindowRecord | 'waiting'> {
  const { deps, monitor, versions, current } = scene;
  const version = versions.find((one) => one.version === window.version) ?? current;
  const reference = await judgedAgainst(scene, version);
  if (reference === 'waiting') return 'waiting';
  const earlier = earlierWindows([...(carried ? [carried] : []), ...windows], window, monitor, older);
  const own = await readKept(deps.artifacts, window);
  const seen = await readAll(scene, [...earlier.group, ...earlier.trailing, ...earlier.usual]);
  const found = judged(window, () =>
    judgeProduction({
      monitor,
      version: version.version,
      model: version.model,
      reference,
      window,
      own,
      earlier,
      seenOf: (one) => seen.get(one)!,
      measure: (labelled, answered) =>
        measurePerformance(labelled, reference, monitor.performance, version.model, answered),
    }),
  );
  const { waits, merged, ...rest } = window;
  return { ...rest, ...found, settings: settingsDigest(monitor) };
}

/** Of everything in the monitor that a window is judged by. */
export function settingsDigest(monitor: Monitor): string {
  const { effect, columns, minRows, falseDiscoveryRate, multivariate, seasonality, ...rest } = monitor;
  const { reference, checks, performance, windowSeconds, source } = rest;
  const settings = { effect, columns, minRows, falseDiscoveryRate, multivariate, seasonality };
  return digestOf({ ...settings, reference, checks, performance, windowSeconds, source } as never);
}

async function readAll(
  { deps }: MonitorScene,
  windows: readonly (WindowRecord | OlderRecord)[],
): Promise<Map<WindowRecord | OlderRecord, SeenWindow>> {
  const different = [...new Set(windows)];
  return new Map(await Promise.all(different.map(async (one) => [one, await readKept(deps.artifacts, one)] as const)));
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
