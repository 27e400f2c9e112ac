import { mergeWindowProfiles } from '../../domain/drift/merge-profiles.ts';
import type { ReferenceProfile, WindowProfile } from '../../domain/drift/profile.ts';
import { referenceFromWindows } from '../../domain/drift/reference-from-windows.ts';
import { AppError } from '../../domain/errors.ts';
import { digestOf } from '../../domain/fingerprint/digest.ts';
import type { Monitor } from '../../domain/spec/valid-monitor.ts';
import type { Span } from '../../ports/drift-source.ts';
import { readJson } from '../blobs.ts';
import type { VersionRecord } from '../records.ts';
import { EMPTY_MONITOR } from './empty-monitor.ts';
import { readKept } from './kept-window.ts';
import { observeWindow, trainingReference } from './observe-window.ts';
import type { MonitorScene } from './scene.ts';

/** More windows than that are not read to make one reference. */
const MAX_WINDOWS = 1_000;
const KEPT = 5;

/**
 * What windows of that version are compared with: its training, or the span of production that the monitor names, which
 * is read once. `waiting`: runners are profiling it.
 */
export async function judgedAgainst(
  scene: MonitorScene,
  version: VersionRecord,
): Promise<ReferenceProfile | 'waiting'> {
  const { deps, records, id, monitor } = scene;
  const { reference: wanted, windowSeconds } = monitor;
  if (wanted === 'training') return trainingReference(scene, version);
  const of = digestOf({
    version: version.version,
    reference: version.referenceDigest,
    wanted,
    windowSeconds,
    source: monitor.source,
  });
  const span = digestOf({ wanted, source: monitor.source } as never);
  const stored = (await records.monitors.get(id))?.references ?? [];
  const known = stored.find((one) => one.of === of);
  if (known) return readJson<ReferenceProfile>(deps.artifacts, known.digest);
  const isAccepted = !stored.some((one) => one.span === span);
  const made = await build(scene, version, wanted, isAccepted);
  if (made === 'waiting') return 'waiting';
  const digest = await deps.artifacts.put(JSON.stringify(made));
  await records.monitors.update(id, (stored = EMPTY_MONITOR) => {
    const others = stored.references?.filter((one) => one.of !== of) ?? [];
    return { ...stored, references: [...others, { of, span, digest }].slice(-KEPT) };
  });
  return made;
}

/**
 * What was accepted was said of the version that answered most rows then (`isAccepted`: it may be this one): any other that
 * answered too few is compared with its training.
 */
async function build(
  scene: MonitorScene,
  version: VersionRecord,
  { from, to }: { from: string; to: string },
  isAccepted: boolean,
): Promise<ReferenceProfile | 'waiting'> {
  const { deps, monitor } = scene;
  const blocks: WindowProfile[] = [];
  let others = 0;
  for (const span of windowsWithin(scene, from, to)) {
    const read = await observeWindow(scene, span, version);
    if (read === 'waiting') return 'waiting';
    if (read.rows > 0 && read.version === version.version) blocks.push(await readKept(deps.artifacts, read));
    else others += read.rows;
  }
  const training = await trainingReference(scene, version);
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  if (rows >= monitor.minRows) return referenceFromWindows(training, mergeWindowProfiles(blocks), blocks);
  if (!isAccepted || others > rows) return training;
  throw invalid(monitor, `has ${rows} rows that v${version.version} answered; it takes ${monitor.minRows}`);
}

function windowsWithin({ deps, monitor }: MonitorScene, from: string, to: string): Span[] {
  const length = monitor.windowSeconds * 1000;
  const first = Math.ceil(Date.parse(from) / length);
  const count = Math.floor(Date.parse(to) / length) - first;
  if (count < 1) throw invalid(monitor, 'does not hold one whole window');
  if (count > MAX_WINDOWS) throw invalid(monitor, `is ${count} windows long; at most ${MAX_WINDOWS} are read`);
  if (Date.parse(to) > deps.monitorClock.now()) throw invalid(monitor, 'is not over yet');
  return Array.from({ length: count }, (_, i) => ({ from: (first + i) * length, to: (first + i + 1) * length }));
}

function invalid({ name, reference }: Monitor, why: string): AppError {
  const span = reference === 'training' ? '' : ` ${reference.from} to ${reference.to}`;
  return new AppError('config/invalid-spec', `monitor ${name}: the reference${span} ${why}`);
}
