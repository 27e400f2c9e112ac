import { measurePerformance } from '../../domain/drift/measure-performance.ts';
import type { ReferenceProfile } from '../../domain/drift/profile.ts';
import { AppError } from '../../domain/errors.ts';
import { digestOf } from '../../domain/fingerprint/digest.ts';
import type { Monitor } from '../../domain/spec/valid-monitor.ts';
import type { Span, WindowObservation } from '../../ports/drift-source.ts';
import { readJson } from '../blobs.ts';
import type { VersionRecord } from '../records.ts';
import { keepWindow } from './kept-window.ts';
import type { WindowRecord } from './monitor-record.ts';
import { profileInJobs } from './profile-jobs.ts';
import type { MonitorScene } from './scene.ts';

export type ReadWindow = Omit<WindowRecord, 'verdict' | 'settings'>;

/** Reads a window of production on the grids of the version that answered; `waiting`: runners are profiling it. */
export async function observeWindow(
  scene: MonitorScene,
  span: Span,
  expected: VersionRecord,
): Promise<ReadWindow | 'waiting'> {
  const { deps, monitor } = scene;
  let version = expected;
  let observed = await observe(scene, span, version);
  if (observed === 'waiting') return 'waiting';
  const answered = answeredBy(observed.profile.versions, scene.versions, version);
  if (answered !== version) {
    version = answered;
    observed = await observe(scene, span, version);
    if (observed === 'waiting') return 'waiting';
  }
  const { profile, labelled, malformed, stamp } = observed;
  const reference = await trainingReference(scene, version);
  const performance = measurePerformance(labelled, reference, monitor.performance, version.model, profile);
  return {
    from: span.from,
    to: span.to,
    rows: profile.rows,
    labelled: labelled.labels.length,
    malformed: malformed.length,
    version: version.version,
    profile: await keepWindow(deps.artifacts, observed, performance, monitor.minRows),
    stamp: withSettings(stamp, monitor),
    lookedAt: deps.monitorClock.now(),
  };
}

/** What the window would be stamped with if it were read now. */
export async function stampOf({ deps, watched, monitor }: MonitorScene, { from, to }: Span): Promise<string> {
  return withSettings(await reading({ from, to }, () => deps.drift.stamp(watched, { from, to })), monitor);
}

/** What the version was trained on, and answered on the holdout: its grids are those of every window that it answers. */
export function trainingReference({ deps }: MonitorScene, version: VersionRecord): Promise<ReferenceProfile> {
  return readJson<ReferenceProfile>(deps.artifacts, version.referenceDigest);
}

async function observe(
  scene: MonitorScene,
  span: Span,
  version: VersionRecord,
): Promise<WindowObservation | 'waiting'> {
  const { deps, watched } = scene;
  const reference = await trainingReference(scene, version);
  if ((await profileInJobs(scene, span, reference, version)) === 'waiting') return 'waiting';
  return reading(span, () => deps.drift.observe(watched, span, reference, version.model));
}

/** The version that most rows have, the expected one where it has as many. */
function answeredBy(answers: [string, number][], versions: VersionRecord[], expected: VersionRecord): VersionRecord {
  const rows = new Map(answers);
  const most = versions.reduce(
    (found, one) => ((rows.get(one.version) ?? 0) > (rows.get(found.version) ?? 0) ? one : found),
    expected,
  );
  return most;
}

/**
 * Other promises are judged on the labels, and these are kept of short windows only; columns together are counted where
 * they are judged together. What is not there has to be read again.
 */
function withSettings(stamp: string, { performance, minRows, multivariate }: Monitor): string {
  return digestOf({ stamp, performance, minRows, multivariate });
}

/** Whatever keeps a window from being read is trouble of the monitor, not of the look at it. */
async function reading<T>({ from, to }: Span, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AppError) throw error;
    const window = `${new Date(from).toISOString()} to ${new Date(to).toISOString()}`;
    throw new AppError(
      'external/data',
      `reading ${window}: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
}
