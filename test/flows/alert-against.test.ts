import { expect, it } from 'vitest';
import { type AlertState, type ExternalAlert, NO_ALERT } from '../../src/domain/drift/alert.ts';
import { EMPTY_MONITOR } from '../../src/flows/monitor/empty-monitor.ts';
import type { MonitorRecord } from '../../src/flows/monitor/monitor-record.ts';
import { openRecords } from '../../src/flows/records.ts';
import { alertAgainst } from '../../src/flows/rollout/alert-against.ts';
import { createMemoryStore } from '../fakes/memory-store.ts';

const BEGAN = 1_000;
const open = (more: Partial<AlertState>): Partial<MonitorRecord> => ({
  alert: { ...NO_ALERT, status: 'open', ...more },
});
const external = (status: ExternalAlert['status'], startsAt: number): Partial<MonitorRecord> => ({
  alerts: [{ fingerprint: 'f', name: 'ServingErrors', status, startsAt, labels: {}, annotations: {} }],
});

it.each<[string, Partial<MonitorRecord>, string | undefined]>([
  ['no alert', {}, undefined],
  ['an alert that began before', open({ since: 999 }), undefined],
  ['an alert that began since', open({ since: 1_000 }), 'live is open'],
  ['an alert that came back since', open({ since: 10, again: 1_200 }), 'live is open'],
  ['an alert that came back before', open({ since: 10, again: 900 }), undefined],
  ['one of Prometheus since', external('firing', 1_000), 'the alert ServingErrors fires'],
  ['one of Prometheus before', external('firing', 999), undefined],
  ['one of Prometheus that is over', external('resolved', 1_000), undefined],
])('%s', async (_, record, wanted) => {
  const records = openRecords(createMemoryStore(() => 0).documents);
  await records.monitors.update('acme/shop/live', () => ({ ...EMPTY_MONITOR, ...record }));
  expect(await alertAgainst(records, 'acme/shop', 'live', BEGAN)).toBe(wanted);
  expect(await alertAgainst(records, 'acme/shop', undefined, BEGAN)).toBeUndefined();
  expect(await alertAgainst(records, 'acme/shop', 'other', BEGAN)).toBeUndefined();
});
