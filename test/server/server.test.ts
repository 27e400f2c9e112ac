import { request } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { AppError } from '../../src/domain/errors.ts';
import type { Artifacts } from '../../src/ports/artifacts.ts';
import { memoryArtifacts } from '../contract/registry.ts';
import { commonPayload, startTestServer, until } from './server-world.ts';

type TestServer = Awaited<ReturnType<typeof startTestServer>>;
let running: TestServer[] = [];
const start = async (...args: Parameters<typeof startTestServer>): Promise<TestServer> => {
  const server = await startTestServer(...args);
  running.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(running.map((server) => server.stop()));
  running = [];
});

const opened = { ...commonPayload, action: 'opened', pull_request: { number: 7, head: { sha: 'abc' } } };

it('looks at the pull request of a delivery, and knows the delivery when it comes again', async () => {
  const looked: string[] = [];
  const server = await start({ reconcile: async (key) => void looked.push(key) });
  for (let times = 0; times < 2; times += 1) {
    const answer = await server.deliver('pull_request', opened, { guid: 'one' });
    expect([answer.status, await answer.text()]).toEqual([200, 'ok\n']);
  }
  await until('it was looked at', () => looked.length > 0);
  await until('the delivery is handled', async () => (await server.store.inbox.pending(9)).length === 0);
  expect(looked).toEqual(['pull:acme/flights#7']);
  expect(await server.store.documents.get('repository', 'acme/flights')).toMatchObject({
    value: { installationId: 5, defaultBranch: 'main' },
  });
});

it('refuses a delivery that is not signed with the secret', async () => {
  const server = await start();
  const answer = await server.deliver('pull_request', opened, { signature: `sha256=${'0'.repeat(64)}` });
  expect(answer.status).toBe(400);
  expect(await server.store.inbox.newest()).toBeUndefined();
});

it('refuses a body above 25 MB, announced or not', async () => {
  const server = await start();
  const send = (headers: Record<string, string>, chunks: number) =>
    new Promise<number | undefined>((resolve) => {
      const { port } = new URL(server.url);
      const sending = request({ port, path: '/api/github/webhooks', method: 'POST', headers }, (response) => {
        resolve(response.statusCode);
        sending.destroy();
      });
      sending.on('error', () => resolve(undefined));
      const chunk = Buffer.alloc(1_000_000, 'a');
      const write = (left: number): void => {
        if (left === 0) sending.end();
        else sending.write(chunk, () => write(left - 1));
      };
      write(chunks);
    });
  const json = { 'content-type': 'application/json' };
  expect(await send({ ...json, 'content-length': '30000000' }, 0)).toBe(413);
  expect(await send({ ...json, 'transfer-encoding': 'chunked' }, 30)).toBe(413);
});

it('says that a delivery was not stored, and nothing of why', async () => {
  const server = await start();
  server.store.inbox.receive = async () => {
    throw new Error('disk of /var/lib/secret is full');
  };
  const answer = await server.deliver('pull_request', opened);
  expect(answer.status).toBe(503);
  expect(await answer.text()).not.toContain('secret');
});

it('hands over commands and buttons, with the pull request of a fork found by its commit', async () => {
  const asked: object[] = [];
  const server = await start({
    handlers: {
      onComment: async ({ body, by, number }) => void asked.push({ body, by, number }),
      onAction: async ({ identifier, pulls, delivery }) => void asked.push({ identifier, pulls, delivery }),
    },
  });
  await server.deliver('pull_request', opened);
  await server.deliver('issue_comment', {
    ...commonPayload,
    action: 'created',
    issue: { number: 7, pull_request: {} },
    comment: { id: 11, body: '/help', user: { login: 'author', type: 'User' } },
  });
  const pressed = {
    ...commonPayload,
    action: 'requested_action',
    check_run: { id: 3, head_sha: 'abc', pull_requests: [] },
    requested_action: { identifier: 'cancel' },
  };
  await server.deliver('check_run', pressed, { guid: 'pressed' });
  await until('both were handed over', () => asked.length === 2);
  expect(asked).toEqual([
    { body: '/help', by: 'author', number: 7 },
    { identifier: 'cancel', pulls: [7], delivery: 'pressed' },
  ]);
});

it('keeps a delivery until everything that it says is stored', async () => {
  let times = 0;
  const server = await start({
    handlers: {
      onAction: async () => undefined,
      onComment: async () => {
        times += 1;
        if (times === 1) throw new AppError('conflict/stale', 'somebody was faster');
      },
    },
  });
  await server.deliver('issue_comment', {
    ...commonPayload,
    action: 'created',
    issue: { number: 7, pull_request: {} },
    comment: { id: 11, body: '/help', user: { login: 'author', type: 'User' } },
  });
  await until('it was tried again', () => times === 2);
  await until('the delivery is handled', async () => (await server.store.inbox.pending(9)).length === 0);
});

it('looks again after an error, and when the look asked for it', async () => {
  const looks: number[] = [];
  const server = await start({
    reconcile: async () => {
      looks.push(Date.now());
      if (looks.length === 1) throw new AppError('conflict/stale', 'moved');
      return looks.length === 2 ? { at: Date.now() + 300 } : undefined;
    },
  });
  await server.store.queue.request('pull:acme/flights#7');
  await until('it was looked at three times', () => looks.length === 3);
  expect(looks[2]! - looks[1]!).toBeGreaterThanOrEqual(290);
  await until('nothing is left', async () => (await server.store.queue.depth()).waiting === 0);
});

it('looks at everything from time to time', async () => {
  const looked: string[] = [];
  await start(
    { reconcile: async (key) => void looked.push(key), resyncKeys: async () => ['monitor:acme/flights/live'] },
    { resyncMs: 50 },
  );
  await until('it was looked at twice', () => looked.length >= 2);
});

it('learns of installed repositories by asking GitHub', async () => {
  const looked: string[] = [];
  const flights = { repository: 'acme/flights', installationId: 5, defaultBranch: 'trunk' };
  await start({
    reconcile: async (key) => void looked.push(key),
    installations: { list: async () => [flights] },
  });
  await until('its branch was looked at', () => looked.includes('branch:acme/flights@trunk'));
});

it('finishes what is running before it stops, and takes nothing more', async () => {
  const ended: string[] = [];
  const server = await startTestServer({
    reconcile: async (key) => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      ended.push(key);
    },
  });
  await server.store.queue.request('pull:acme/flights#1');
  await until('it is being looked at', async () => (await server.store.queue.depth()).leased === 1);
  await server.stop();
  expect(ended).toEqual(['pull:acme/flights#1']);
  await expect(fetch(server.url)).rejects.toThrow();
});

it('answers health, readiness and metrics', async () => {
  const server = await start();
  await server.deliver('pull_request', opened);
  await until('a look was counted', async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    return text.includes('sluice_reconcile_seconds_count{kind="pull"} 1');
  });
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toContain('sluice_deliveries_total{event="pull_request",result="received"} 1');
  expect(metrics).toContain('sluice_queue_keys{state="waiting"} 0');
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  server.store.ping = async () => {
    throw new Error('gone');
  };
  const unready = await fetch(`${server.url}/readyz`);
  expect([unready.status, await unready.text()]).toEqual([503, 'not ready\n']);
});

it('never shows what a handler threw', async () => {
  const server = await start({
    httpHandlers: [
      async ({ url }) => {
        if (url === '/agent') throw new Error('password of the database');
        return false;
      },
    ],
  });
  const answer = await fetch(`${server.url}/agent`);
  expect([answer.status, await answer.text()]).toEqual([500, 'internal error\n']);
  expect((await fetch(`${server.url}/elsewhere`)).status).toBe(404);
});

it('serves pictures by digest, and nothing else that lies there', async () => {
  const artifacts: Artifacts = memoryArtifacts();
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>';
  const picture = (await artifacts.put(svg)).replace('sha256:', '');
  const model = (await artifacts.put('weights')).replace('sha256:', '');
  const server = await start({ artifacts });
  const answer = await fetch(`${server.url}/plots/${picture}.svg`);
  expect(answer.status).toBe(200);
  expect(await answer.text()).toBe(svg);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'image/svg+xml; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    'content-security-policy': expect.stringContaining('sandbox'),
    'x-content-type-options': 'nosniff',
  });
  for (const path of [`${model}.svg`, `${picture}.png`, `${'0'.repeat(64)}.svg`, '../etc/passwd', 'x.svg']) {
    expect((await fetch(`${server.url}/plots/${path}`)).status).toBe(404);
  }
});
