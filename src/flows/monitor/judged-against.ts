import type { ReferenceProfile, WindowProfile } from '../../domain/drift/profile.ts';
import { invalidReference, referenceOfSpan } from '../../domain/drift/reference-of-span.ts';
import { digestOf } from '../../domain/fingerprint/digest.ts';
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
  const { reference: wanted, windowSeconds, minRows, multivariate } = monitor;
  if (wanted === 'training') return trainingReference(scene, version);
  const of = digestOf({
    version: version.version,
    reference: version.referenceDigest,
    wanted,
    windowSeconds,
    minRows,
    multivariate,
    source: monitor.source,
  });
  const span = digestOf({ wanted, source: monitor.source } as never);
  const stored = (await records.monitors.get(id))?.references ?? [];
  const known = stored.find((one) => one.of === of);
  if (known) return readJson<ReferenceProfile>(deps.artifacts, known.digest);
  const isFirst = !stored.some((one) => one.span === span);
  const made = await build(scene, version, wanted, isFirst);
  if (made === 'waiting') return 'waiting';
  const digest = await deps.artifacts.put(JSON.stringify(made));
  await records.monitors.update(id, (stored = EMPTY_MONITOR) => {
    const others = stored.references?.filter((one) => one.of !== of) ?? [];
    return { ...stored, references: [...others, { of, span, digest }].slice(-KEPT) };
  });
  return made;
}

async function build(
  scene: MonitorScene,
  version: VersionRecord,
  { from, to }: { from: string; to: string },
  isFirst: boolean,
): Promise<ReferenceProfile | 'waiting'> {
  const { deps, monitor } = scene;
  const windows: { version: string; profile: WindowProfile }[] = [];
  for (const span of windowsWithin(scene, from, to)) {
    const read = await observeWindow(scene, span, version);
    if (read === 'waiting') return 'waiting';
    windows.push({ version: read.version, profile: await readKept(deps.artifacts, read) });
  }
  return referenceOfSpan(await trainingReference(scene, version), windows, version.version, monitor, isFirst);
}

function windowsWithin({ deps, monitor }: MonitorScene, from: string, to: string): Span[] {
  const length = monitor.windowSeconds * 1000;
  const first = Math.ceil(Date.parse(from) / length);
  const count = Math.floor(Date.parse(to) / length) - first;
  if (count < 1) throw invalidReference(monitor, 'does not hold one whole window');
  if (count > MAX_WINDOWS) throw invalidReference(monitor, `is ${count} windows long; at most ${MAX_WINDOWS} are read`);
  if (Date.parse(to) > deps.monitorClock.now()) throw invalidReference(monitor, 'is not over yet');
  return Array.from({ length: count }, (_, i) => ({ from: (first + i) * length, to: (first + i + 1) * length }));
}
