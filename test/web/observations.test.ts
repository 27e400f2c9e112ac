import { readdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import { AppError } from '../../src/domain/errors.ts';
import { madeMonitor, NOW, startMonitorWorld } from './monitor-world.ts';
import { readLog } from './read-log.ts';

let world: Awaited<ReturnType<typeof startMonitorWorld>>;
afterEach(() => world.close());

const start = async (given: Parameters<typeof startMonitorWorld>[0] = {}) => {
  world = await startMonitorWorld(given);
  return world;
};
const time = new Date(NOW - 3_600_000).toISOString();
const row = (id: string, change: object = {}) => ({
  id,
  timestamp: time,
  inputs: { distance: 1.5, carrier: 'AA', late: true, gate: null },
  prediction: 0.25,
  ...change,
});
const batch = (id: string, rows: object[], labels: object[] = []) =>
  JSON.stringify({ batch: id, observations: rows, labels });

it('keeps a batch and gives its rows and labels back as the log has them', async () => {
  const { post, flush, logFolder } = await start();
  const rows = [
    row('a', { version: '1.2.0', confidence: 0.75, latencyMs: 12.5 }),
    row('b', { prediction: 'late', timestamp: NOW }),
    row('c', { prediction: null, error: 'timeout' }),
  ];
  const labels = [
    { id: 'a', label: true, timestamp: '2026-05-10T13:30:00+02:00' },
    { id: 17, label: 'late' },
  ];
  const answer = await post('live/observations', batch('1', rows, labels));
  expect(answer).toMatchObject({ status: 200, body: { accepted: 5, duplicate: false } });
  await flush();
  const log = await readLog(
    logFolder,
    'log',
    '* REPLACE (epoch_ms("at") AS "at", epoch_ms(received_at) AS received_at)',
  );
  const at = NOW - 3_600_000;
  const same = {
    received_at: String(NOW),
    in_distance: 1.5,
    in_carrier: 'AA',
    in_late: true,
  };
  expect(log).toMatchObject([
    { id: 'a', at: String(at), version: '1.2.0', prediction: 0.25, confidence: 0.75, latency_ms: 12.5, ...same },
    { id: 'b', at: String(NOW), version: null, prediction: 2, error: null, ...same },
    { id: 'c', at: String(at), prediction: null, error: 'timeout', ...same },
  ]);
  expect(await readdir(path.join(logFolder, 'log'))).toEqual(['dt=2026-05-10']);
  const known = await readLog(logFolder, 'labels', 'id, label, epoch_ms("at") AS "at"');
  expect(known).toEqual([
    { id: 'a', label: 'true', at: String(Date.UTC(2026, 4, 10, 11, 30)) },
    { id: '17', label: 'late', at: String(NOW) },
  ]);
});

it('is on disk when it answers', async () => {
  const { post, logFolder } = await start();
  await post('live/observations', batch('1', [row('a')]));
  const [segment] = await readdir(path.join(logFolder, 'segments'));
  expect(await readFile(path.join(logFolder, 'segments', segment!), 'utf8')).toContain('"id":"a"');
});

it('takes lines of JSON, packed or not, under the key of the request', async () => {
  const { post, flush, logFolder } = await start();
  const lines = [row('a'), { id: 'a', label: 1 }, row('b')].map((line) => `${JSON.stringify(line)}\n`).join('');
  const headers = { 'content-type': 'application/x-ndjson; charset=utf-8', 'idempotency-key': 'lines-1' };
  expect(await post('live/observations', lines, headers)).toMatchObject({ body: { accepted: 3, duplicate: false } });
  const packed = { ...headers, 'content-encoding': 'gzip' };
  expect(await post('live/observations', gzipSync(lines), packed)).toMatchObject({
    body: { accepted: 3, duplicate: true },
  });
  await flush();
  expect(await readLog(logFolder, 'log', 'id')).toEqual([{ id: 'a' }, { id: 'b' }]);
  expect(await readLog(logFolder, 'labels', 'id, label')).toEqual([{ id: 'a', label: '1' }]);
});

it('knows a batch again: at once, at the same time, as Parquet and after a restart', async () => {
  const { post, flush, reopen, logFolder } = await start();
  const body = batch('once', [row('a'), row('b')], [{ id: 'a', label: 1 }]);
  const first = await Promise.all(Array.from({ length: 8 }, () => post('live/observations', body)));
  expect(first.map(({ body: { duplicate } }) => duplicate).sort()).toEqual([false, ...Array(7).fill(true)]);
  const again = async () =>
    expect((await post('live/observations', body)).body).toEqual({ accepted: 3, duplicate: true });
  await again();
  await flush();
  await again();
  await reopen();
  await again();
  // the same content, written in another way
  const spaced = JSON.stringify(JSON.parse(body), undefined, 2);
  expect((await post('live/observations', spaced)).body).toEqual({ accepted: 3, duplicate: true });
  await flush();
  expect(await readLog(logFolder, 'log', 'id')).toHaveLength(2);
});

it('does not take other content for a batch that it knows', async () => {
  const { post } = await start();
  await post('live/observations', batch('1', [row('a')]));
  expect(await post('live/observations', batch('1', [row('b')]))).toMatchObject({
    status: 409,
    body: { error: expect.stringContaining('other content'), fix: expect.any(String) },
  });
});

it('answers nobody without a token, and nobody elsewhere with that of one monitor', async () => {
  const { post, tokenOf } = await start({ epochs: 'acme/flights/other=3' });
  const body = batch('1', [row('a')]);
  const as = (token: string, monitor = 'live') =>
    post(`${monitor}/observations`, body, { authorization: `Bearer ${token}` });
  expect((await as('')).status).toBe(401);
  expect((await as('smt_nonsense.1.x')).status).toBe(401);
  const mine = tokenOf('live');
  expect((await as(`${mine.slice(0, -1)}${mine.endsWith('A') ? 'B' : 'A'}`)).status).toBe(401);
  expect(await as(tokenOf('other', 3))).toMatchObject({ status: 403, body: { fix: expect.stringContaining('other') } });
  expect((await as(tokenOf('other', 2), 'other')).status).toBe(401);
  expect((await as(tokenOf('other', 4), 'other')).status).toBe(200);
  expect((await as(tokenOf('gone'), 'gone')).status).toBe(404);
  expect((await as(tokenOf('served'), 'served')).status).toBe(409);
  expect((await as(mine)).status).toBe(200);
});

it('says of a batch that it refuses what is wrong and where, and keeps nothing of it', async () => {
  const { post, logFolder } = await start();
  expect(await post('live/observations', batch('1', [row('a'), row('')]))).toMatchObject({
    status: 400,
    body: { error: expect.any(String), problems: [{ at: 'observations[1].id', index: 1, fix: expect.any(String) }] },
  });
  expect((await post('live/observations', '{"batch":')).status).toBe(400);
  expect(await readLog(logFolder, 'log')).toEqual([]);
});

it('refuses bodies that are too large, packed too tightly, broken or of a kind that it does not know', async () => {
  const { post } = await start({ limits: { bodyBytes: 10_000 } });
  const body = batch('1', [row('a')]);
  const large = batch('1', [row('a', { inputs: { a: 'x'.repeat(10_000) } })]);
  const packed = { 'content-encoding': 'gzip' };
  expect((await post('live/observations', large)).status).toBe(413);
  expect((await post('live/observations', gzipSync(large), packed)).status).toBe(413);
  const liar = Buffer.concat([gzipSync('x'.repeat(9_000).repeat(100)), gzipSync('x')]);
  expect(await post('live/observations', liar, packed)).toMatchObject({
    status: 400,
    body: { error: expect.stringContaining('more than it says') },
  });
  expect((await post('live/observations', 'no gzip at all, but long enough', packed)).status).toBe(400);
  expect((await post('live/observations', body, { 'content-encoding': 'br' })).status).toBe(415);
  expect((await post('live/observations', body, { 'content-type': 'text/csv' })).status).toBe(415);
  expect((await post('live/observations', '{"batch":')).status).toBe(400);
  expect((await post('live/observations', Buffer.from([0x22, 0xff, 0x22]))).body.error).toContain('UTF-8');
  expect((await post('live/observations', gzipSync(body), packed)).status).toBe(200);
});

it('tells senders to wait when more comes than is written down, and forgets nobody', async () => {
  let write: () => void = () => undefined;
  const written = new Promise<void>((resolve) => {
    write = resolve;
  });
  const slow = {
    accept: async () => {
      await written;
      return 'accepted' as const;
    },
  };
  const body = batch('1', [row('a', { inputs: { a: 'x'.repeat(900) } })]);
  const { post, requested } = await start({
    observations: slow,
    limits: { heldBytes: 2 * body.length, heldBytesOfAll: 3 * body.length },
  });
  const waiting = [post('live/observations', body), post('live/observations', body)];
  await expect.poll(async () => (await post('live/observations', body)).status).toBe(429);
  waiting.push(post('other/observations', body));
  let refused = await post('other/observations', body);
  while (refused.status === 429 || refused.status === 200) refused = await post('other/observations', body);
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('1');
  write();
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200, 200]);
  expect((await post('live/observations', body)).status).toBe(200);
  expect(requested).toHaveLength(2);
});

it('says 503 where it cannot write, and tells nobody', async () => {
  const observations = {
    accept: () => Promise.reject(new AppError('external/storage', 'the disk at /secret is full')),
  };
  const { post, requested } = await start({ observations });
  const answer = await post('live/observations', batch('1', [row('a')]));
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('5');
  expect(JSON.stringify(answer.body)).not.toContain('secret');
  expect(requested).toEqual([]);
});

it('has the monitor looked at once a window', async () => {
  const { post, requested, pass } = await start();
  for (const id of ['1', '2', '3']) await post('live/observations', batch(id, [row(id)]));
  expect(requested).toEqual(['monitor:acme/flights/live']);
  pass(3_600_000);
  for (const id of ['4', '5']) await post('live/observations', batch(id, [row(id)]));
  expect(requested).toHaveLength(2);
});

it('leaves other addresses alone and takes nothing but POST', async () => {
  const { url } = await start({ monitors: [madeMonitor('live')] });
  for (const address of ['/api/monitors/live', '/api/monitors//observations', '/api/monitors/live/observations/1'])
    expect((await fetch(`${url}${address}`, { method: 'POST' })).status).toBe(418);
  const answer = await fetch(`${url}/api/monitors/live/observations`);
  expect(answer.status).toBe(405);
  expect(answer.headers.get('allow')).toBe('POST');
});

it('goes on when a sender goes away in the middle', async () => {
  const { url, tokenOf, post } = await start();
  const asked = request(`${url}/api/monitors/live/observations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokenOf('live')}`, 'content-type': 'application/json', 'content-length': 1000 },
  });
  asked.on('error', () => undefined);
  asked.write('{"batch":');
  await new Promise((sent) => setImmediate(sent));
  asked.destroy();
  expect((await post('live/observations', batch('1', [row('a')]))).status).toBe(200);
});
