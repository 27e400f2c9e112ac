import { cp } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { startForge } from '../../src/forge/start-forge.ts';
import { startForgeWorld } from './scenario/forge-world.ts';

test('a pull request from a fork is seen, checked and merged, and its branch is not ours to write', async () => {
  const world = await startForgeWorld();
  try {
    const { forge, owner, repo, stranger, installation, maintainer } = world;
    await forge.forkRepository('acme/models', 'stranger');
    const sha = await forge.importFiles(
      'stranger/models',
      'idea',
      { 'models/delay.yaml': 'epochs: 9\n' },
      'Nine',
      'stranger',
    );
    const { data: opened } = await stranger.rest.pulls.create({
      owner,
      repo,
      head: 'stranger:idea',
      base: 'main',
      title: 'Nine',
    });
    expect(opened).toMatchObject({
      head: { label: 'stranger:idea', sha, repo: { full_name: 'stranger/models', fork: true } },
    });
    const { data: files } = await installation.rest.pulls.listFiles({ owner, repo, pull_number: opened.number });
    expect(files.map((file) => file.filename)).toEqual(['models/delay.yaml']);
    const { data: check } = await installation.rest.checks.create({ owner, repo, name: 'gate', head_sha: sha });
    expect(check.pull_requests).toEqual([]);
    const there = { owner: 'stranger', repo: 'models' };
    const write = installation.rest.git.updateRef({ ...there, ref: 'heads/idea', sha, force: true });
    await expect(write).rejects.toMatchObject({ status: 403 });

    const next = await forge.importFiles(
      'stranger/models',
      'idea',
      { 'models/delay.yaml': 'epochs: 8\n' },
      'Eight',
      'stranger',
    );
    await forge.idle();
    const synchronize = world.received.find((hook) => hook.payload.action === 'synchronize');
    expect(synchronize?.payload).toMatchObject({ before: sha, after: next, repository: { full_name: 'acme/models' } });
    expect((await maintainer.rest.pulls.merge({ owner, repo, pull_number: opened.number })).data.merged).toBe(true);
  } finally {
    await world.close();
  }
});

test('a forge that was stopped goes on where it was', async () => {
  const world = await startForgeWorld();
  try {
    const { forge, owner, repo, author } = world;
    const { data: issue } = await author.rest.issues.create({ owner, repo, title: 'Kept' });
    await forge.close();
    const dataDir = path.join(world.folder, 'again');
    await cp(path.join(world.folder, 'forge'), dataDir, { recursive: true });
    const app = { slug: 'gatekeeper', webhookSecret: 'another', permissions: {}, events: [] };
    const again = await startForge({ dataDir, app });
    try {
      const answer = await fetch(`${again.url}/api/v3/repos/acme/models/issues/${issue.number}`);
      expect(await answer.json()).toMatchObject({ id: issue.id, title: 'Kept', user: { login: 'author' } });
      const readme = await fetch(`${again.url}/api/v3/repos/acme/models/contents/README.md`);
      expect(readme.status).toBe(200);
      expect(again.privateKeyPem).toBe(forge.privateKeyPem);
    } finally {
      await again.close();
    }
  } finally {
    await world.close();
  }
});
