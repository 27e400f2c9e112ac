import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createNodeMiddleware, createProbot, type Probot } from 'probot';
import { expect, test } from 'vitest';
import { startForgeWorld } from './scenario/forge-world.ts';

test('an ordinary Probot app works here as on a GitHub Enterprise server', async () => {
  const world = await startForgeWorld();
  const probot = createProbot({
    env: {
      APP_ID: String(world.forge.appId),
      PRIVATE_KEY: world.forge.privateKeyPem,
      WEBHOOK_SECRET: 'a secret of the test',
      GHE_HOST: world.forge.host,
      GHE_PROTOCOL: 'http',
      LOG_LEVEL: 'fatal',
    },
  });
  const app = (robot: Probot): void => {
    robot.on('pull_request.opened', async (context) => {
      const { pull_request: pull } = context.payload;
      const { data } = await context.octokit.rest.pulls.listFiles(context.pullRequest());
      const title = `${data.length} changed`;
      const output = { title, summary: 'Looked' };
      const check = { name: 'looked', head_sha: pull.head.sha, conclusion: 'success' as const, output };
      await context.octokit.rest.checks.create(context.repo(check));
      await context.octokit.rest.issues.createComment(context.issue({ body: `Hello @${pull.user.login}` }));
    });
  };
  const middleware = await createNodeMiddleware(app, { probot });
  const server = createServer((request, response) => void middleware(request, response));
  try {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await world.forge.idle();
    world.forge.setWebhookUrl(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/github/webhooks`);

    await world.forge.importFiles('acme/models', 'topic', { 'models/delay.yaml': 'epochs: 6\n' }, 'Six', 'author');
    const { owner, repo } = world;
    const { data } = await world.author.rest.pulls.create({ owner, repo, head: 'topic', base: 'main', title: 'Six' });
    await world.forge.idle();

    const { data: comments } = await world.author.rest.issues.listComments({ owner, repo, issue_number: data.number });
    expect(comments).toMatchObject([{ body: 'Hello @author', user: { login: 'gatekeeper[bot]', type: 'Bot' } }]);
    const { data: checks } = await world.author.rest.checks.listForRef({ owner, repo, ref: 'topic' });
    expect(checks.check_runs).toMatchObject([
      { name: 'looked', conclusion: 'success', output: { title: '1 changed' } },
    ]);
    expect(world.forge.deliveries().filter((delivery) => delivery.status !== 'OK')).toEqual([]);
  } finally {
    server.closeAllConnections();
    server.close();
    await world.close();
  }
});
