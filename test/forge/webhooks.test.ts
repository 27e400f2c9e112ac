import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ForgeWorld, startForgeWorld } from './scenario/forge-world.ts';

type Arrived = { headers: Record<string, string>; body: string };

let world: ForgeWorld;
let at: { owner: string; repo: string };
let status = 200;
const arrived: Arrived[] = [];
const app = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  arrived.push({ headers: request.headers as Record<string, string>, body: Buffer.concat(chunks).toString() });
  response.writeHead(status).end('the answer');
});

beforeAll(async () => {
  world = await startForgeWorld();
  at = { owner: world.owner, repo: world.repo };
  await world.forge.idle();
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  world.forge.setWebhookUrl(`http://127.0.0.1:${(app.address() as AddressInfo).port}/hook`);
});

afterAll(async () => {
  await world?.close();
  app.closeAllConnections();
  app.close();
});

const openIssue = async (title: string) => {
  const { data } = await world.author.rest.issues.create({ ...at, title });
  await world.forge.idle();
  return data;
};

const deliveries = async (parameters: object = {}) =>
  (await world.app.rest.apps.listWebhookDeliveries({ per_page: 100, ...parameters })).data;

test('a webhook is signed over its bytes and says where it comes from', async () => {
  await openIssue('Signed — with ünïcode');
  const { headers, body } = arrived.at(-1)!;
  // As GitHub documents it: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
  const signature = createHmac('sha256', 'a secret of the test').update(body).digest('hex');
  expect(headers['x-hub-signature-256']).toBe(`sha256=${signature}`);
  expect(headers).toMatchObject({
    'x-github-event': 'issues',
    'x-github-delivery': expect.stringMatching(/^[0-9a-f-]{36}$/),
    'x-github-hook-id': expect.stringMatching(/^\d+$/),
    'x-github-hook-installation-target-type': 'integration',
    'x-github-enterprise-host': new URL(world.forge.url).host,
    'user-agent': expect.stringMatching(/^GitHub-Hookshot\//),
  });
  expect(JSON.parse(body)).toMatchObject({
    action: 'opened',
    issue: { title: 'Signed — with ünïcode' },
    sender: { login: 'author' },
    installation: { id: world.installationId },
    organization: { login: 'acme' },
  });
});

test('a delivery that failed is not sent again by itself, but by request and under the same GUID', async () => {
  status = 500;
  const issue = await openIssue('Not taken');
  const failed = await deliveries({ status: 'failure' });
  expect(failed[0]).toMatchObject({ event: 'issues', action: 'opened', status_code: 500, redelivery: false });
  const count = arrived.length;
  status = 200;
  await world.forge.idle();
  expect(arrived).toHaveLength(count);

  await world.app.rest.apps.redeliverWebhookDelivery({ delivery_id: failed[0]!.id });
  await world.forge.idle();
  expect(arrived.at(-1)!.headers['x-github-delivery']).toBe(failed[0]!.guid);
  const [again] = await deliveries({ status: 'success' });
  expect(again).toMatchObject({ guid: failed[0]!.guid, redelivery: true, status: 'OK', status_code: 200 });
  const { data } = await world.app.rest.apps.getWebhookDelivery({ delivery_id: Number(again!.id) });
  expect(data.request.payload).toMatchObject({ issue: { number: issue.number } });
  expect(data.response.payload).toBe('the answer');
});

test('nobody at the address is a failure in the log', async () => {
  const url = (await world.app.rest.apps.getWebhookConfigForApp()).data.url;
  world.forge.setWebhookUrl('http://127.0.0.1:9/nobody');
  await openIssue('Into the void');
  world.forge.setWebhookUrl(url);
  expect((await deliveries())[0]).toMatchObject({ status: 'failed to connect to host', status_code: 502 });
});

test('the log is read page by page with a cursor', async () => {
  for (const title of ['One', 'Two', 'Three']) await openIssue(title);
  const all = (await deliveries()).map((delivery) => delivery.id);
  const pages = await world.app.paginate('GET /app/hook/deliveries', { per_page: 2 });
  expect(pages.map((delivery) => delivery.id)).toEqual(all);
  expect(all.length).toBeGreaterThan(4);
});

test('the app hears what it subscribed to, and of its installation always', async () => {
  const before = arrived.length;
  await world.forge.createRepository({ owner: 'author', name: 'elsewhere' });
  await world.forge.importFiles('author/elsewhere', 'main', { a: 'b' }, 'Start', 'author');
  await world.forge.idle();
  expect(arrived).toHaveLength(before);
  const id = world.forge.installApp('author', ['elsewhere']);
  await world.forge.idle();
  const installed = JSON.parse(arrived.at(-1)!.body);
  expect(installed).toMatchObject({ action: 'created', installation: { id, account: { login: 'author' } } });
  expect(installed.repositories).toMatchObject([{ full_name: 'author/elsewhere' }]);
});
