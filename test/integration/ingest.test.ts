import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { seededRandom } from '../../src/domain/statistics/seeded-random.ts';
import { readLog } from '../web/read-log.ts';
import { createIngestProcess, type IngestProcess } from './ingest/ingest-process.ts';

const CLIENTS = 12;
const KILLS = 12;
const MONITORS = ['live', 'shadow'];

let folder: string;
let server: IngestProcess;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-ingest-'));
});
afterEach(async () => {
  await server.kill();
  await rm(folder, { recursive: true, force: true });
});

type Sent = { monitor: string; rows: string[]; labels: string[]; acknowledged: boolean };

function makeBatch(id: string, rows: string[], labels: string[]): Buffer<ArrayBuffer> {
  const observations = rows.map((row, n) => ({
    id: row,
    timestamp: Date.now() - (n % 3) * 86_400_000,
    version: '1.0.0',
    inputs: { distance: n / 3, carrier: `c${n % 7}`, late: n % 2 === 0 },
    prediction: (n % 10) / 10,
  }));
  return Buffer.from(JSON.stringify({ batch: id, observations, labels: labels.map((row) => ({ id: row, label: 1 })) }));
}

/** Asks until it is answered, as a sender has to: without an answer it does not know. */
async function post(
  monitor: string,
  body: Buffer<ArrayBuffer>,
  gzip: boolean,
  goOn: () => boolean,
): Promise<number | undefined> {
  while (goOn()) {
    try {
      const answer = await fetch(`${server.url}/api/monitors/${monitor}/observations`, {
        method: 'POST',
        body: gzip ? gzipSync(body) : body,
        headers: {
          authorization: `Bearer ${server.tokenOf(monitor)}`,
          'content-type': 'application/json',
          ...(gzip && { 'content-encoding': 'gzip' }),
        },
      });
      await answer.text();
      if (answer.status < 500 && answer.status !== 429) return answer.status;
    } catch {
      // killed, or not up again yet
    }
    await sleep(20);
  }
  return undefined;
}

it(`has each row that it acknowledged exactly once after ${KILLS} kills, and nothing by halves`, async () => {
  server = await createIngestProcess(folder, {
    monitors: MONITORS,
    // many segments: kills must meet every step of making them Parquet
    env: { SEGMENT_BYTES: '60000', SEGMENT_MS: '300' },
  });
  await server.launch();
  const random = seededRandom(20261121);
  const sent: Sent[] = [];
  let over = false;
  const client = async (name: number) => {
    for (let n = 0; !over; n += 1) {
      const id = `${name}-${n}`;
      const size = 1 + Math.floor(random() * 40);
      const rows = Array.from({ length: size }, (_, row) => `${id}-${row}`);
      const labels = rows.slice(0, n % 5);
      const batch: Sent = { monitor: MONITORS[name % 2]!, rows, labels, acknowledged: false };
      sent.push(batch);
      const status = await post(batch.monitor, makeBatch(id, rows, labels), n % 2 === 0, () => !over);
      expect([200, undefined]).toContain(status);
      batch.acknowledged = status === 200;
    }
  };
  const clients = Promise.all(Array.from({ length: CLIENTS }, (_, name) => client(name)));
  clients.catch(() => undefined);
  for (let kill = 0; kill < KILLS; kill += 1) {
    await sleep(random() * 1_500);
    await server.kill();
    if (kill < KILLS - 1) await server.launch();
  }
  over = true;
  await clients;
  await server.launch();
  // who comes first has what was left taken over
  for (const monitor of MONITORS) await post(monitor, makeBatch(`last-${monitor}`, ['last'], []), false, () => true);
  expect(await server.stop()).toBe(0);

  const acknowledged = sent.filter((batch) => batch.acknowledged);
  expect(acknowledged.length).toBeGreaterThan(KILLS * CLIENTS);
  for (const monitor of MONITORS) {
    const mine = sent.filter((batch) => batch.monitor === monitor);
    expect(await readdir(path.join(server.logFolder(monitor), 'segments'))).toEqual([]);
    for (const [kind, idsOf] of [
      ['log', (batch: Sent) => batch.rows],
      ['labels', (batch: Sent) => batch.labels],
    ] as const) {
      const found = (await readLog(server.logFolder(monitor), kind, 'id')).map(({ id }) => String(id));
      const times = new Map<string, number>();
      for (const id of found) times.set(id, (times.get(id) ?? 0) + 1);
      expect([...times].filter(([, count]) => count !== 1)).toEqual([]);
      const parts = mine.map((batch) => ({ batch, there: idsOf(batch).filter((id) => times.has(id)).length }));
      expect(parts.filter(({ batch, there }) => batch.acknowledged && there < idsOf(batch).length)).toEqual([]);
      expect(parts.filter(({ batch, there }) => there > 0 && there < idsOf(batch).length)).toEqual([]);
      const known = new Set([...mine.flatMap(idsOf), 'last']);
      expect(found.filter((id) => !known.has(id))).toEqual([]);
    }
  }
  const lost = sent.length - acknowledged.length;
  console.log(`${acknowledged.length} batches acknowledged, ${lost} without an answer, ${KILLS} kills`);
});

it('knows after a kill what it had acknowledged', async () => {
  server = await createIngestProcess(folder);
  await server.launch();
  const body = makeBatch('once', ['a', 'b'], ['a']);
  const send = async () => {
    const answer = await fetch(`${server.url}/api/monitors/live/observations`, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${server.tokenOf('live')}`, 'content-type': 'application/json' },
    });
    return answer.json();
  };
  expect(await send()).toEqual({ accepted: 3, duplicate: false });
  await server.kill();
  await server.launch();
  expect(await send()).toEqual({ accepted: 3, duplicate: true });
  expect(await server.stop()).toBe(0);
  await server.launch();
  expect(await send()).toEqual({ accepted: 3, duplicate: true });
});

it('answers 503 where a write breaks off, keeps nothing of that batch, and takes it when it comes again', async () => {
  server = await createIngestProcess(folder, { fileLimit: 64 });
  await server.launch();
  const sent: string[] = [];
  let refused = 0;
  for (let n = 0; n < 40; n += 1) {
    const rows = Array.from({ length: 20 }, (_, row) => `${n}-${row}`);
    const body = makeBatch(String(n), rows, []);
    for (let status = 0; status !== 200; ) {
      const answer = await fetch(`${server.url}/api/monitors/live/observations`, {
        method: 'POST',
        body,
        headers: { authorization: `Bearer ${server.tokenOf('live')}`, 'content-type': 'application/json' },
      });
      status = answer.status;
      await answer.text();
      expect([200, 503]).toContain(status);
      if (status === 503) {
        expect(answer.headers.get('retry-after')).toBe('5');
        refused += 1;
      }
    }
    sent.push(...rows);
  }
  expect(refused).toBeGreaterThan(0);
  expect(refused).toBeLessThan(10);
  expect(await server.stop()).toBe(0);
  const found = (await readLog(server.logFolder('live'), 'log', 'id')).map(({ id }) => id);
  expect(found.sort()).toEqual(sent.sort());
});
