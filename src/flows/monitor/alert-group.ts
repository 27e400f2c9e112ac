import { groupAlerts, type OpenAlert, relatedTo, signsOf } from '../../domain/drift/group-alerts.ts';
import type { Monitor } from '../../domain/spec/valid-monitor.ts';
import { formatKey } from '../keys.ts';
import type { MonitorRecord } from './monitor-record.ts';
import type { MonitorScene } from './scene.ts';

export type AlertGroup = {
  /** The monitor whose issue speaks for this one: itself, or another. */
  speaker: string;
  related: { monitor: string; issue?: number }[];
};

/** What other monitors of the repository say now. */
export async function alertGroup({ deps, records, repository, monitor, declared }: MonitorScene): Promise<AlertGroup> {
  const now = deps.monitorClock.now();
  const stored = await records.monitors.list(`${repository}/`);
  const alerts = stored.flatMap(({ id, value }) => {
    const other = declared.monitors.find((one) => `${repository}/${one.name}` === id);
    return other ? openAlert(other, value, now) : [];
  });
  return { speaker: groupAlerts(alerts).get(monitor.name) ?? monitor.name, related: relatedTo(alerts, monitor.name) };
}

/** Whoever is concerned looks again: what one issue says of the others, and who has to speak now. */
export async function lookAtOthers({ deps, repository, monitor }: MonitorScene, names: string[]): Promise<void> {
  for (const name of new Set(names)) {
    if (name !== monitor.name) await deps.store.queue.request(formatKey({ kind: 'monitor', repository, name }));
  }
}

function openAlert(monitor: Monitor, record: MonitorRecord, now: number): OpenAlert[] {
  const { alert, windows, issue, troubles, snoozed } = record;
  if (alert.status !== 'open' || alert.since === undefined) return [];
  const since = alert.again ?? alert.since;
  const verdicts = windows.filter((window) => window.to > since).map(({ verdict }) => verdict);
  const failing = troubles?.failing !== undefined && troubles.failing.endedAt === undefined;
  return [
    {
      monitor: monitor.name,
      since,
      windowMs: monitor.windowSeconds * 1000,
      signs: signsOf(verdicts),
      cause: verdicts.findLast(({ verdict }) => verdict === 'bad')?.cause?.kind ?? 'unknown',
      ...(issue?.open && issue.number > 0 ? { issue: issue.number } : {}),
      silent: failing || (snoozed?.until ?? 0) > now,
    },
  ];
}
