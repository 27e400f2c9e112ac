/** Jobs of the monitor's runner that come to nothing: the server does their work, and says so where people look. */

import type { Span } from '../../ports/drift-source.ts';
import { EMPTY_MONITOR } from './empty-monitor.ts';
import type { JobFallback } from './monitor-record.ts';
import type { MonitorScene } from './scene.ts';

export async function noteFallback({ deps, records, id, monitor }: MonitorScene, why: string): Promise<void> {
  const { runner } = monitor;
  if (runner === undefined) return;
  await records.monitors.update(id, (stored = EMPTY_MONITOR) => {
    const { fallback } = stored;
    const same = fallback?.runner === runner ? fallback : undefined;
    if (same?.why === why) return undefined;
    return { ...stored, fallback: { since: same?.since ?? deps.monitorClock.now(), runner, why } };
  });
}

export async function endFallback({ records, id }: MonitorScene): Promise<void> {
  await records.monitors.update(id, (stored) => stored?.fallback && { ...stored, fallback: undefined });
}

/** A new window that needs no jobs. A late file of an old one says nothing of how large windows are now. */
export async function endFallbackBy({ records, id }: MonitorScene, { from }: Span): Promise<void> {
  await records.monitors.update(id, (stored) =>
    stored?.fallback && from >= (stored.nextFrom ?? from) ? { ...stored, fallback: undefined } : undefined,
  );
}

/** Beside what the server itself fails with. */
export function fallbackWords({ since, runner, why }: JobFallback): string {
  const when = `${new Date(since).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `jobs on ${runner} come to nothing since ${when}, and so the server reads their files: ${why}`;
}
