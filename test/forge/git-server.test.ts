import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ForgeWorld, startForgeWorld } from './scenario/forge-world.ts';

let world: ForgeWorld;

beforeAll(async () => {
  world = await startForgeWorld();
});

afterAll(() => world?.close());

const cloneAs = async (name: string, address: string): Promise<string> => {
  await world.git(world.folder, 'clone', '--quiet', address, name);
  return path.join(world.folder, name);
};

const commit = async (folder: string, file: string, text: string): Promise<string> => {
  await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
  await writeFile(path.join(folder, file), text);
  await world.git(folder, 'add', '-A');
  await world.git(folder, 'commit', '--quiet', '-m', `Change ${file}`);
  return world.git(folder, 'rev-parse', 'HEAD');
};

const hooksOf = async (event: string) => {
  await world.forge.idle();
  return world.received.filter((hook) => hook.event === event).map((hook) => hook.payload);
};

const failureOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (error) {
    return String((error as { stderr?: string }).stderr ?? error);
  }
  throw new Error('it went through');
};

test('anybody clones what is public; what is private is hidden from strangers', async () => {
  const { forge, git, folder } = world;
  const open = await cloneAs('anonymous', `${forge.url}/acme/models.git`);
  expect(await git(open, 'show', 'HEAD:models/delay.yaml')).toBe('epochs: 5');

  await forge.createRepository({ owner: 'acme', name: 'secret', private: true });
  await forge.importFiles('acme/secret', 'main', { 'README.md': 'hidden\n' }, 'Start', 'owner');
  const secret = (as: 'owner' | 'stranger'): string => world.remote(as).replace('models.git', 'secret.git');
  expect(await failureOf(git(folder, 'ls-remote', `${forge.url}/acme/secret.git`))).toMatch(/could not read Username/);
  expect(await failureOf(git(folder, 'ls-remote', secret('stranger')))).toMatch(/not found/);
  expect(await git(folder, 'ls-remote', secret('owner'))).toContain('refs/heads/main');
});

test('a push moves its pull request and tells the app with the commits before and after', async () => {
  const { git, author, owner, repo, remote } = world;
  const folder = await cloneAs('moving', remote('author'));
  await git(folder, 'checkout', '--quiet', '-b', 'moving');
  const before = await commit(folder, 'models/a.yaml', 'a: 1\n');
  await git(folder, 'push', '--quiet', 'origin', 'moving');
  const opened = await author.rest.pulls.create({ owner, repo, head: 'moving', base: 'main', title: 'Move' });
  const after = await commit(folder, 'models/a.yaml', 'a: 2\n');
  await git(folder, 'push', '--quiet', 'origin', 'moving');

  const { data: pull } = await author.rest.pulls.get({ owner, repo, pull_number: opened.data.number });
  expect(pull).toMatchObject({ head: { sha: after }, commits: 2, changed_files: 1, additions: 1, mergeable: true });
  const synchronized = (await hooksOf('pull_request')).find((payload) => payload.action === 'synchronize');
  expect(synchronized).toMatchObject({ before, after, number: pull.number, sender: { login: 'author' } });
  const pushes = (await hooksOf('push')).filter((payload) => payload.ref === 'refs/heads/moving');
  expect(pushes.map(({ created, forced, before, after }) => ({ created, forced, before, after }))).toEqual([
    { created: true, forced: false, before: '0'.repeat(40), after: before },
    { created: false, forced: false, before, after },
  ]);

  await git(folder, 'commit', '--quiet', '--amend', '-m', 'Another');
  await git(folder, 'push', '--quiet', '--force', 'origin', 'moving');
  expect((await hooksOf('push')).at(-1)).toMatchObject({ forced: true });
  // an exact commit that no branch has any more can still be fetched, as on GitHub
  const exact = path.join(world.folder, 'exact');
  await git(world.folder, 'init', '--quiet', 'exact');
  await git(exact, 'fetch', '--quiet', '--depth=1', `${world.forge.url}/acme/models.git`, after);
  expect(await git(exact, 'rev-parse', 'FETCH_HEAD')).toBe(after);
});

test('pushing a branch onto its base merges the pull request', async () => {
  const { git, author, owner, repo, remote } = world;
  const folder = await cloneAs('direct', remote('author'));
  await git(folder, 'checkout', '--quiet', '-b', 'direct');
  const sha = await commit(folder, 'models/b.yaml', 'b: 1\n');
  await git(folder, 'push', '--quiet', 'origin', 'direct');
  const opened = await author.rest.pulls.create({ owner, repo, head: 'direct', base: 'main', title: 'Direct' });
  await git(folder, 'push', '--quiet', 'origin', 'direct:main');
  const { data } = await author.rest.pulls.get({ owner, repo, pull_number: opened.data.number });
  expect(data).toMatchObject({ merged: true, state: 'closed', merge_commit_sha: sha, merged_by: { login: 'author' } });
});

test('a push that breaks off leaves the repository usable', async () => {
  const { git, remote, forge } = world;
  const { port, username, password } = new URL(remote('author'));
  const socket = connect(Number(port), '127.0.0.1');
  const authorization = Buffer.from(`${username}:${password}`).toString('base64');
  const head = [
    'POST /acme/models.git/git-receive-pack HTTP/1.1',
    'Host: localhost',
    `Authorization: Basic ${authorization}`,
    'Content-Type: application/x-git-receive-pack-request',
    'Content-Length: 1000',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n00`);
  await new Promise((resolve) => setTimeout(resolve, 100));
  socket.destroy();
  const folder = await cloneAs('afterwards', remote('author'));
  await commit(folder, 'models/d.yaml', 'd: 1\n');
  await git(folder, 'push', '--quiet', 'origin', 'HEAD:refs/heads/d');
  expect(await git(folder, 'ls-remote', `${forge.url}/acme/models.git`, 'd')).toContain('refs/heads/d');
});

test('who may push is decided by role, and for apps by permission', async () => {
  const { git, remote, forge, app, installationId: installation_id } = world;
  const folder = await cloneAs('pushing', remote('author'));
  await commit(folder, 'models/c.yaml', 'c: 1\n');
  expect(await failureOf(git(folder, 'push', '--quiet', remote('stranger'), 'HEAD:refs/heads/c'))).toMatch(/403/);
  expect(await failureOf(git(folder, 'push', '--quiet', `${forge.url}/acme/models.git`, 'HEAD:refs/heads/c'))).toMatch(
    /could not read Username/,
  );
  const address = async (permissions: { contents: 'read' | 'write' }): Promise<string> => {
    const { data } = await app.rest.apps.createInstallationAccessToken({ installation_id, permissions });
    return `${forge.url.replace('://', `://x-access-token:${data.token}@`)}/acme/models.git`;
  };
  expect(await failureOf(git(folder, 'push', '--quiet', await address({ contents: 'read' }), 'HEAD:c'))).toMatch(/403/);
  await git(folder, 'push', '--quiet', await address({ contents: 'write' }), 'HEAD:refs/heads/c');
  expect((await hooksOf('push')).at(-1)).toMatchObject({ ref: 'refs/heads/c', sender: { login: 'gatekeeper[bot]' } });
});
