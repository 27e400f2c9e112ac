import { mergedIn, waitingBefore } from '../../domain/drift/earlier-windows.ts';
import { mergeSeen } from '../../domain/drift/seen-window.ts';
import type { Artifacts } from '../../ports/artifacts.ts';
import { readKept } from './kept-window.ts';
import type { WindowRecord } from './monitor-record.ts';

/** Of windows that are not kept any more, those that still wait, as one. Oldest first. */
export async function carryWaiting(
  artifacts: Artifacts,
  windows: readonly WindowRecord[],
): Promise<WindowRecord | undefined> {
  const last = windows.findLast(({ rows }) => rows > 0);
  const waiting = last ? waitingBefore(windows, last.version) : [];
  const [first] = waiting;
  if (!last || !first || waiting.length === 1) return first;
  const kept = mergeSeen(await Promise.all(waiting.map((one) => readKept(artifacts, one))));
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
