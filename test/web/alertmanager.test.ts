import { afterEach, expect, it } from 'vitest';
import { startMonitorWorld } from './monitor-world.ts';

let world: Awaited<ReturnType<typeof startMonitorWorld>>;
afterEach(() => world.close());

const START = Date.UTC(2026, 4, 10, 10);
const iso = (ms: number) => new Date(ms).toISOString();
const alert = (change: object = {}) => ({
  status: 'firing',
  labels: { alertname: 'HighErrorRate', severity: 'page' },
  annotations: { summary: 'Many requests get no answer' },
  startsAt: '2026-05-10T10:00:00.000Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'https://prometheus.example/graph?g0.expr=x',
  fingerprint: '9d2bc3f8a5c0e1d4',
  ...change,
});
/** As Alertmanager 0.27 sends it. */
const message = (alerts: object[], change: object = {}) =>
  JSON.stringify({
    receiver: 'sluice',
    status: 'firing',
    alerts,
    groupLabels: { alertname: 'HighErrorRate' },
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager:9093',
    version: '4',
    groupKey: '{}:{alertname="HighErrorRate"}',
    truncatedAlerts: 0,
    ...change,
  });
const kept = async () => (await world.records.monitors.get('acme/flights/live'))?.alerts;

it('keeps what fires and what ended, and has the monitor looked at', async () => {
  world = await startMonitorWorld();
  const answer = await world.post('live/alerts', message([alert()]));
  expect(answer).toMatchObject({ status: 200, body: { accepted: 1 } });
  const firing = {
    fingerprint: '9d2bc3f8a5c0e1d4',
    name: 'HighErrorRate',
    status: 'firing',
    startsAt: START,
    labels: { alertname: 'HighErrorRate', severity: 'page' },
    annotations: { summary: 'Many requests get no answer' },
    url: 'https://prometheus.example/graph?g0.expr=x',
  };
  expect(await kept()).toEqual([firing]);
  expect(world.requested).toEqual(['monitor:acme/flights/live']);
  await world.post('live/alerts', message([alert({ status: 'resolved', endsAt: iso(START + 60_000) })]));
  expect(await kept()).toEqual([{ ...firing, status: 'resolved', endsAt: START + 60_000 }]);
});

it.each([
  ['served', 'monitors of every source'],
  ['live', 'one of observations'],
])('takes alerts of %s: %s', async (monitor) => {
  world = await startMonitorWorld();
  expect((await world.post(`${monitor}/alerts`, message([alert()]))).status).toBe(200);
});

it('asks for the token of that monitor', async () => {
  world = await startMonitorWorld();
  const as = (authorization: string, monitor = 'live') =>
    world.post(`${monitor}/alerts`, message([alert()]), { authorization });
  expect((await as('')).status).toBe(401);
  expect((await as(`Bearer ${world.tokenOf('other')}`)).status).toBe(403);
  expect((await as(`Bearer ${world.tokenOf('gone')}`, 'gone')).status).toBe(404);
  expect((await fetch(`${world.url}/api/monitors/live/alerts`)).status).toBe(405);
  expect(await kept()).toBeUndefined();
});

it.each<[string, unknown, string]>([
  ['another version', { version: '3' }, 'version'],
  ['no alerts', { alerts: {} }, 'alerts'],
  ['more than it can take', { alerts: Array(501).fill(alert()) }, 'alerts'],
  ['a strange status', { alerts: [alert(), alert({ status: 'pending' })] }, 'alerts[1].status'],
  ['a strange fingerprint', { alerts: [alert({ fingerprint: '../x' })] }, 'alerts[0].fingerprint'],
  ['no start', { alerts: [alert({ startsAt: undefined })] }, 'alerts[0].startsAt'],
  ['an end that is none', { alerts: [alert({ status: 'resolved', endsAt: 'soon' })] }, 'alerts[0].endsAt'],
  ['labels that are no texts', { alerts: [alert({ labels: { a: 1 } })] }, 'alerts[0].labels'],
  ['no object', { alerts: ['x'] }, 'alerts[0]'],
])('refuses %s, with all that came with it', async (_, change, at) => {
  world = await startMonitorWorld();
  const answer = await world.post('live/alerts', message([], change as object));
  expect(answer.status).toBe(400);
  expect(answer.body.problems).toContainEqual(expect.objectContaining({ at, fix: expect.any(String) }));
  expect(await kept()).toBeUndefined();
});

it('keeps addresses of the web only, and cuts what is long', async () => {
  world = await startMonitorWorld();
  const long = { annotations: { text: 'x'.repeat(5_000) } };
  await world.post(
    'live/alerts',
    message([
      alert({ generatorURL: 'javascript:alert(1)', fingerprint: '0000000000000001' }),
      alert({ generatorURL: 'https://user:word@prometheus.example/', fingerprint: '0000000000000002' }),
      alert({ generatorURL: '', fingerprint: '0000000000000003', ...long }),
    ]),
  );
  const alerts = (await kept())!;
  expect(alerts).toHaveLength(3);
  expect(alerts.every((one) => one.url === undefined)).toBe(true);
  expect(alerts.find((one) => one.fingerprint.endsWith('3'))?.annotations.text).toHaveLength(1_000);
  expect((await world.post('live/alerts', 'x'.repeat(2 ** 20 + 1))).status).toBe(413);
});
