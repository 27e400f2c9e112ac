/**
 * Posts batches from a process of its own. Arguments: one JSON object (Order); answers with one (Report) on standard
 * output. A batch that is not answered is sent again, under the same id, until it is.
 */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../quantile.ts';

export type Order = {
  url: string;
  token: string;
  /** Before the ids of its batches and rows. */
  name: string;
  rows: number;
  seconds: number;
  /** Batches a second, each due at its moment whatever became of those before; absent: as fast as `connections` allow. */
  perSecond?: number;
  connections: number;
  /** Of batches that are due later no time is told; absent: of all. */
  timedSeconds?: number;
};

export type Report = {
  batches: number;
  seconds: number;
  /** From the moment that a batch was due to its answer, of those that are timed. */
  p50Ms: number;
  p99Ms: number;
  /** Of all: with the time in which nobody answered. */
  longestMs: number;
  repeated: number;
  bodyBytes: number;
};

/** Every row has them; values differ from row to row. */
const NUMBERS = 20;
const TEXTS = 5;
const PREPARED = 2_000;

const order = JSON.parse(process.argv[2]!) as Order;
const agent = new Agent({ keepAlive: true, maxSockets: order.connections });
const address = new URL(order.url);
const rests = Array.from({ length: PREPARED }, (_, row) => restOf(row));

/** A row from behind its id on: making them is not what is measured. */
function restOf(row: number): string {
  const inputs = Object.fromEntries([
    ...Array.from({ length: NUMBERS }, (_, n) => [`number_${n}`, Math.round(1e6 * Math.sin(row * (n + 1))) / 1e3]),
    ...Array.from({ length: TEXTS }, (_, n) => [`text_${n}`, `category ${(row * (n + 7)) % 50}`]),
  ]);
  const rest = { timestamp: Date.now(), version: '1.4.2', inputs, prediction: (row % 100) / 100, latencyMs: row % 40 };
  return `,${JSON.stringify(rest).slice(1)}`;
}

function bodyOf(batch: number): string {
  let rows = '';
  for (let row = 0; row < order.rows; row += 1) {
    const rest = rests[(batch * order.rows + row) % PREPARED];
    rows += `${row === 0 ? '' : ','}{"id":"${order.name}-${batch}-${row}"${rest}`;
  }
  return `{"batch":"${order.name}-${batch}","observations":[${rows}]}`;
}

function post(body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(
      address,
      {
        method: 'POST',
        agent,
        headers: {
          authorization: `Bearer ${order.token}`,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        },
      },
      (answer) => {
        answer.resume();
        answer.on('end', () => resolve(answer.statusCode ?? 0)).on('error', reject);
      },
    );
    asked.on('error', reject).end(body);
  });
}

const started = performance.now();
const timedMs = 1000 * (order.timedSeconds ?? order.seconds);
const times: number[] = [];
let longest = 0;
let batches = 0;
let repeated = 0;

async function send(batch: number, due: number): Promise<void> {
  const body = bodyOf(batch);
  for (let attempt = 1; ; attempt += 1) {
    const status = await post(body).catch(() => 0);
    if (status === 200) {
      const took = performance.now() - due;
      if (due - started < timedMs) times.push(took);
      if (attempt > 1) repeated += 1;
      longest = Math.max(longest, took);
      batches += 1;
      return;
    }
    if (status >= 400 && status < 500 && status !== 429) throw new Error(`the batch was refused: ${status}`);
    await sleep(50);
  }
}

async function paced(perSecond: number): Promise<void> {
  const all: Promise<void>[] = [];
  for (let batch = 0; batch < perSecond * order.seconds; batch += 1) {
    const due = started + (1000 * batch) / perSecond;
    const wait = due - performance.now();
    if (wait > 1) await sleep(wait);
    all.push(send(batch, due));
  }
  await Promise.all(all);
}

async function flatOut(): Promise<void> {
  let next = 0;
  const end = started + 1000 * order.seconds;
  const connection = async () => {
    while (performance.now() < end) {
      const batch = next;
      next += 1;
      await send(batch, performance.now());
    }
  };
  await Promise.all(Array.from({ length: order.connections }, connection));
}

await (order.perSecond === undefined ? flatOut() : paced(order.perSecond));
const report: Report = {
  batches,
  seconds: (performance.now() - started) / 1000,
  p50Ms: quantile(times, 0.5),
  p99Ms: quantile(times, 0.99),
  longestMs: longest,
  repeated,
  bodyBytes: Buffer.byteLength(bodyOf(0)),
};
agent.destroy();
console.log(JSON.stringify(report));
