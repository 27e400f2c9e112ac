import { mergedIn, waitingBefore } from '../../domain/drift/earlier-windows.ts';
import { mergeWindowProfiles } from '../../domain/drift/merge-profiles.ts';
import type { Artifacts } from '../../ports/artifacts.ts';
import type { WindowRecord } from '../records.ts';
import { type KeptWindow, readKept } from './kept-window.ts';

/** Of windows that are not kept any more, those that still wait, as one. Oldest first. */
export async function carryWaiting(
  artifacts: Artifacts,
  windows: readonly WindowRecord[],
): Promise<WindowRecord | undefined> {
  const last = windows.findLast(({ rows }) => rows > 0);
  const waiting = last ? waitingBefore(windows, last.version) : [];
  const [first] = waiting;
  if (!last || !first || waiting.length === 1) return first;
  const parts = await Promise.all(waiting.map((one) => readKept(artifacts, one)));
  const all = parts.flatMap(({ seen }) => (seen.labelled ? [seen.labelled] : []));
  const labelled = {
    predictions: all.flatMap(({ predictions }) => predictions),
    labels: all.flatMap(({ labels }) => labels),
  };
  const kept: KeptWindow = {
    ...mergeWindowProfiles(parts),
    seen: { malformed: [], timeless: 0, duplicates: 0, performance: [], ...(all.length > 0 ? { labelled } : {}) },
  };
  return {
    ...last,
    from: first.from,
    rows: kept.rows,
    labelled: waiting.reduce((sum, one) => sum + one.labelled, 0),
    malformed: 0,
    merged: mergedIn(waiting) - 1,
    profile: await artifacts.put(JSON.stringify(kept)),
  };
}
