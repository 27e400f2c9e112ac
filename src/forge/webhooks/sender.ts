import { createHmac } from 'node:crypto';
import type { HookDelivery } from '../state.ts';
import type { World } from '../world.ts';

export type Sender = {
  /** Resolves when nothing is queued or under way. */
  idle: () => Promise<void>;
  stop: () => Promise<void>;
};

const timeLimit = 10_000;

const outcome = (statusCode: number): string =>
  statusCode >= 200 && statusCode < 300 ? 'OK' : `Invalid HTTP Response: ${statusCode}`;

const headersOf = (world: World, delivery: HookDelivery, body: string): Record<string, string> => ({
  accept: '*/*',
  'content-type': 'application/json',
  'user-agent': `GitHub-Hookshot/${delivery.guid.slice(0, 7)}`,
  'x-github-delivery': delivery.guid,
  'x-github-event': delivery.event,
  'x-github-hook-id': String(world.state.app.hookId),
  'x-github-hook-installation-target-id': String(world.state.app.id),
  'x-github-hook-installation-target-type': 'integration',
  'x-github-enterprise-host': new URL(world.state.url).host,
  'x-github-enterprise-version': '3.19.0',
  'x-hub-signature-256': `sha256=${createHmac('sha256', world.state.app.webhookSecret).update(body).digest('hex')}`,
});

const send = async (world: World, delivery: HookDelivery, stopped: AbortSignal): Promise<void> => {
  const { webhookUrl } = world.state.app;
  const body = JSON.stringify(delivery.request.payload);
  const headers = headersOf(world, delivery, body);
  const started = Date.now();
  delivery.request.headers = headers;
  delivery.url = webhookUrl ?? '';
  delivery.deliveredAt = new Date(started).toISOString();
  try {
    if (!webhookUrl) throw new Error('no address');
    const signal = AbortSignal.any([AbortSignal.timeout(timeLimit), stopped]);
    const response = await fetch(webhookUrl, { method: 'POST', headers, body, signal, redirect: 'manual' });
    const text = await response.text();
    delivery.statusCode = response.status;
    delivery.status = outcome(response.status);
    delivery.response = { headers: Object.fromEntries(response.headers), payload: text.slice(0, 100_000) };
  } catch (error) {
    if (stopped.aborted) return;
    delivery.statusCode = (error as Error).name === 'TimeoutError' ? 504 : 502;
    delivery.status = delivery.statusCode === 504 ? 'timed out' : 'failed to connect to host';
  }
  delivery.duration = (Date.now() - started) / 1000;
  for (const listener of world.onDelivery) listener(delivery);
};

/** Sends what is queued, in order, one after the other; never twice by itself, as GitHub does. */
export const startSender = (world: World): Sender => {
  const stop = new AbortController();
  let running: Promise<void> | undefined;
  const queue: HookDelivery[] = world.state.deliveries.filter((delivery) => delivery.status === 'pending');
  let seen = world.state.deliveries.length;

  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next && !stop.signal.aborted; next = queue.shift()) {
      await send(world, next, stop.signal);
    }
  };
  const wake = (): void => {
    queue.push(...world.state.deliveries.slice(seen));
    seen = world.state.deliveries.length;
    if (stop.signal.aborted) return;
    running ??= work().finally(() => {
      running = undefined;
      if (queue.length > 0) wake();
    });
  };
  world.wakeSender = wake;
  wake();
  return {
    idle: async () => {
      while (running) await running;
    },
    stop: async () => {
      stop.abort();
      await running;
    },
  };
};
