import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createEventSender } from '../../src/agent/event-sender.ts';
import type { AgentEvent, EventsAnswer } from '../../src/agent-api/protocol.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'sluice-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = () => path.join(folder, randomUUID());

function receiver() {
  const batches: AgentEvent[][] = [];
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  let blocked = false;
  return {
    batches,
    block: () => {
      blocked = true;
    },
    open: () => open(),
    async send(events: AgentEvent[]): Promise<EventsAnswer> {
      if (blocked) await gate;
      batches.push(events);
      return { cancel: false, stored: events.at(-1)!.seq };
    },
  };
}
const ignore = { answer: () => undefined, failure: () => undefined };

test('numbers without gaps, in batches of bounded size', async () => {
  const { batches, send } = receiver();
  const sender = createEventSender(file(), send, ignore);
  for (let line = 1; line <= 1_200; line += 1) sender.log('stdout', `${line} ${'€'.repeat(1_000)}`);
  sender.metric(1, 'loss', 0.5);
  await sender.close();
  const events = batches.flat();
  expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 1_201 }, (_, index) => index + 1));
  for (const batch of batches) expect(Buffer.byteLength(JSON.stringify(batch))).toBeLessThan(600_000);
  expect(events.at(-1)).toMatchObject({ kind: 'metric', value: 0.5 });
});

test('while nobody answers everything waits, in a file that nobody else can reach', async () => {
  const world = receiver();
  world.block();
  const sender = createEventSender(file(), world.send, ignore);
  const line = 'x'.repeat(100);
  const before = process.memoryUsage().rss;
  for (let count = 1; count <= 200_000; count += 1) sender.log('stdout', `${count} ${line}`);
  sender.metric(1, 'loss', 0.5);
  expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
  expect(readdirSync(folder)).toEqual([]);
  world.open();
  await sender.close();
  const events = world.batches.flat();
  expect(events.length).toBe(200_001);
  expect(events.every((event, index) => event.seq === index + 1)).toBe(true);
  expect(events.every((event, index) => event.kind !== 'log' || event.line === `${index + 1} ${line}`)).toBe(true);
  sender.discard();
});

test.each([
  ['lines', { lines: 10, bytes: 1e6 }, 10],
  ['bytes', { lines: 1e6, bytes: 1_000 }, 15],
])('a log of too many %s is cut and says so; metrics and what the agent says go on', async (_, limits, kept) => {
  const world = receiver();
  const sender = createEventSender(file(), world.send, ignore, limits);
  for (let line = 1; line <= 50; line += 1) sender.log('stdout', `line ${line}`);
  sender.metric(1, 'loss', 0.5);
  sender.log('agent', 'done');
  await sender.close();
  const events = world.batches.flat();
  const lines = events.flatMap((event) => (event.kind === 'log' ? [event.line] : []));
  expect(lines).toEqual([
    ...Array.from({ length: kept }, (_unused, index) => `line ${index + 1}`),
    'the log is too long: lines of the command are left out from here on',
    'done',
    `${50 - kept} log lines were left out`,
  ]);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_unused, index) => index + 1));
  expect(events.filter(({ kind }) => kind === 'metric')).toHaveLength(1);
});

test('says once that sending is over, and closing says why', async () => {
  const failures: unknown[] = [];
  const failure = new Error('superseded');
  const sender = createEventSender(
    file(),
    async () => {
      throw failure;
    },
    { answer: () => undefined, failure: (error) => failures.push(error) },
  );
  sender.log('agent', 'one');
  await expect(sender.close()).rejects.toBe(failure);
  sender.log('agent', 'two');
  expect(failures).toEqual([failure]);
});
