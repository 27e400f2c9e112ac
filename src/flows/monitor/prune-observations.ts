import { KEPT_WINDOWS } from '../../domain/drift/earlier-windows.ts';
import { AppError } from '../../domain/errors.ts';
import { neededObservations } from '../../domain/monitor/needed-observations.ts';
import type { MonitorScene } from './scene.ts';

/** What was posted grows for ever otherwise. That it cannot be removed now keeps nobody from looking at it. */
export async function pruneObservations({
  deps,
  records,
  id,
  repository,
  monitor,
  watched,
}: MonitorScene): Promise<void> {
  if (monitor.source.kind !== 'observations') return;
  const record = await records.monitors.get(id);
  const starts = [record?.carried?.from, record?.windows[0]?.from, record?.nextFrom].filter((at) => at !== undefined);
  const now = deps.monitorClock.now();
  const oldest = starts.length > 0 ? Math.min(...starts) : undefined;
  const needed = neededObservations(monitor, { now, windows: KEPT_WINDOWS, oldest });
  const about = { repository, monitor: monitor.name };
  try {
    const pruned = await deps.drift.prune(watched, needed, now);
    if (pruned && pruned.files > 0)
      deps.log.info({ ...about, ...pruned }, 'observations that nobody needs were removed');
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    deps.log.warn({ ...about, code: error.code }, error.message);
  }
}
