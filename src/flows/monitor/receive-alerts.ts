import type { ExternalAlert } from '../../domain/drift/alert.ts';
import { mergeAlerts } from '../../domain/monitor/merge-alerts.ts';
import type { Store } from '../../ports/store.ts';
import { formatKey } from '../keys.ts';
import type { Records } from '../records.ts';
import { EMPTY_MONITOR } from './empty-monitor.ts';

/** What the user's own Prometheus says of a monitor, kept before it counts as heard; the monitor's issue tells it. */
export async function receiveAlerts(
  { store, records }: { store: Pick<Store, 'queue'>; records: Pick<Records, 'monitors'> },
  { repository, monitor, alerts }: { repository: string; monitor: string; alerts: ExternalAlert[] },
): Promise<void> {
  await records.monitors.update(`${repository}/${monitor}`, (stored) => {
    const merged = mergeAlerts(stored?.alerts ?? [], alerts);
    return merged && { ...(stored ?? EMPTY_MONITOR), alerts: merged };
  });
  // Also when all of it was known: it may be told again since we died before we asked.
  await store.queue.request(formatKey({ kind: 'monitor', repository, name: monitor }));
}
