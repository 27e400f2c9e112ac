import { expect, test } from 'vitest';
import { createEventSender } from '../../src/agent/event-sender.ts';
import type { AgentEvent, EventsAnswer } from '../../src/agent-api/protocol.ts';

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
  const sender = createEventSender(send, ignore);
  for (let line = 1; line <= 1_200; line += 1) sender.log('stdout', `${line} ${'€'.repeat(1_000)}`);
  sender.metric(1, 'loss', 0.5);
  await sender.close();
  const events = batches.flat();
  expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 1_201 }, (_, index) => index + 1));
  for (const batch of batches) expect(Buffer.byteLength(JSON.stringify(batch))).toBeLessThan(600_000);
  expect(events.at(-1)).toMatchObject({ kind: 'metric', value: 0.5 });
});

test('while nobody answers, holds so many lines and counts the rest; metrics are kept', async () => {
  const world = receiver();
  world.block();
  const sender = createEventSender(world.send, ignore);
  for (let line = 1; line <= 25_000; line += 1) sender.log('stdout', String(line));
  sender.metric(1, 'loss', 0.5);
  world.open();
  await sender.close();
  const events = world.batches.flat();
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  const lines = events.flatMap((event) => (event.kind === 'log' ? [event.line] : []));
  expect(lines.slice(0, 20_000)).toEqual(Array.from({ length: 20_000 }, (_, index) => String(index + 1)));
  expect(lines.slice(20_000)).toEqual(['5000 log lines were left out']);
  expect(events.filter(({ kind }) => kind === 'metric')).toHaveLength(1);
});

test('says once that sending is over, and closing says why', async () => {
  const failures: unknown[] = [];
  const failure = new Error('superseded');
  const sender = createEventSender(
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
