import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDeliveryLog } from '../../src/adapters/github/delivery-log.ts';
import { createInstallations } from '../../src/adapters/github/installations.ts';
import { startServer } from '../../src/server.ts';
import { type GitHubWorld, openGitHubWorld } from '../adapters/github/github-world.ts';
import { createMemoryStore } from '../fakes/memory-store.ts';
import { emptyComposition, testConfig, until } from './server-world.ts';

let world: GitHubWorld;
beforeAll(async () => {
  world = await openGitHubWorld();
});
afterAll(() => world.close());

it('gets from GitHub what was sent while it was away, and hears of what comes after', async () => {
  const { forge, github, repository } = world;
  await forge.importFiles('acme/flights', 'topic', { 'a.txt': 'x' }, 'Change', 'author');
  const pull = { head: 'topic', base: 'main', title: 'Better', body: '' };
  await github.pulls.open(repository, pull);
  await forge.idle();
  expect(forge.deliveries().every(({ statusCode }) => statusCode !== 200)).toBe(true);

  const looked: string[] = [];
  const store = createMemoryStore();
  const server = await startServer({
    config: { ...testConfig, appId: forge.appId, privateKey: forge.privateKeyPem!, apiUrl: `${forge.url}/api/v3` },
    compose: async (context) => {
      return {
        ...emptyComposition(store),
        deliveryLog: createDeliveryLog(context),
        installations: createInstallations(context),
        reconcile: async (key) => void looked.push(key),
        started: async () => forge.setWebhookUrl(`${context.publicUrl()}/api/github/webhooks`),
      };
    },
  });
  await until('both were looked at', () =>
    ['pull:acme/flights#1', 'branch:acme/flights@topic'].every((key) => looked.includes(key)),
  );
  const guids = forge.deliveries().map(({ guid }) => guid);
  await until('every delivery arrived', async () => (await store.inbox.known(guids)).size === new Set(guids).size);

  looked.splice(0);
  await forge.importFiles('acme/flights', 'topic', { 'a.txt': 'y' }, 'More', 'author');
  await until('the push was looked at', () => looked.includes('pull:acme/flights#1'));
  await server.stop();
});
