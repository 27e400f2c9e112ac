import { type AlertFindings, alertFindings } from '../../domain/drift/alert-findings.ts';
import { sinceReference } from '../../domain/drift/since-reference.ts';
import type { AlertGroup } from './alert-group.ts';
import { EMPTY_MONITOR } from './empty-monitor.ts';
import type { MonitorScene } from './scene.ts';

/** All that the issue tells of, as far as it may be new to somebody. */
export async function findingsOf(
  { records, id, monitor }: MonitorScene,
  { related }: AlertGroup,
): Promise<AlertFindings> {
  const { alert, windows, alerts = [] } = (await records.monitors.get(id)) ?? EMPTY_MONITOR;
  const since = alert.status === 'open' ? alert.since! : Number.POSITIVE_INFINITY;
  const found = alertFindings(
    sinceReference(windows, monitor).filter(({ to }) => to > since),
    monitor.open.after,
  );
  const firing = alerts
    .filter(({ status }) => status === 'firing')
    .map(({ name }) => `the alert ${name} of Prometheus`);
  const others = [...firing, ...related.map((one) => `the monitor ${one.monitor} sees it as well`)];
  return { shown: union(found.shown, others), lasting: union(found.lasting, others) };
}

export const union = (some: string[], others: string[]): string[] => [...new Set([...some, ...others])];
