import { createSign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ForgeWorld, startForgeWorld } from './scenario/forge-world.ts';

let world: ForgeWorld;
let at: { owner: string; repo: string };
let head: string;

beforeAll(async () => {
  world = await startForgeWorld();
  at = { owner: world.owner, repo: world.repo };
  head = (await world.installation.rest.git.getRef({ ...at, ref: 'heads/main' })).data.object.sha;
});

afterAll(() => world?.close());

const refusal = async (work: Promise<unknown>): Promise<[number, string]> => {
  try {
    await work;
  } catch (error) {
    const { status, response } = error as { status: number; response: { data: { message: string } } };
    return [status, response.data.message];
  }
  throw new Error('it went through');
};

describe('checks', () => {
  const create = (fields: object) =>
    world.installation.rest.checks.create({ ...at, name: 'gate', head_sha: head, ...fields });
  const annotation = { path: 'a', start_line: 1, end_line: 1, annotation_level: 'notice', message: 'm' };
  const output = { title: 't', summary: 's' };
  const action = { label: 'Approve', description: 'Approve it', identifier: 'approve' };

  test.each([
    ['a summary of 65,536 characters', { output: { ...output, summary: 'x'.repeat(65_536) } }],
    ['a text of 65,536 characters', { output: { ...output, text: 'x'.repeat(65_536) } }],
    ['51 annotations', { output: { ...output, annotations: Array(51).fill(annotation) } }],
    ['4 actions', { actions: Array(4).fill(action) }],
    ['a label of 21 characters', { actions: [{ ...action, label: 'x'.repeat(21) }] }],
    ['completed without a conclusion', { status: 'completed' }],
    ['an unknown commit', { head_sha: '1'.repeat(40) }],
  ])('%s is refused', async (_, fields) => {
    expect((await refusal(create(fields)))[0]).toBe(422);
  });

  test('the longest that GitHub takes is taken, and annotations of further requests are appended', async () => {
    const annotations = Array(50).fill(annotation);
    const long = { summary: 'x'.repeat(65_535), text: 'x'.repeat(65_535), title: 't', annotations };
    const { data: run } = await create({ name: 'long', output: long });
    const update = { ...at, check_run_id: Number(run.id), output: { ...output, annotations } };
    const { data } = await world.installation.rest.checks.update(update as never);
    expect(data.output.annotations_count).toBe(100);
    const listed = await world.installation.paginate(world.installation.rest.checks.listAnnotations, {
      ...at,
      check_run_id: Number(run.id),
      per_page: 100,
    });
    expect(listed).toHaveLength(100);
  });

  test('the latest run of a name stands for it', async () => {
    const first = await create({ name: 'twice', external_id: 'a' });
    const second = await create({ name: 'twice', external_id: 'b' });
    const list = async (filter: 'latest' | 'all') => {
      const { data } = await world.installation.rest.checks.listForRef({
        ...at,
        ref: head,
        check_name: 'twice',
        filter,
      });
      return data.check_runs.map((run) => run.id);
    };
    expect(await list('latest')).toEqual([second.data.id]);
    expect((await list('all')).sort()).toEqual([first.data.id, second.data.id]);
  });

  test('people cannot write checks', async () => {
    const create = world.maintainer.rest.checks.create({ ...at, name: 'gate', head_sha: head });
    expect(await refusal(create)).toEqual([403, 'You must authenticate via a GitHub App.']);
  });

  test('a button of a completed check reaches the app with who pressed it', async () => {
    const { data: run } = await create({ name: 'button', conclusion: 'neutral', output, actions: [action] });
    world.forge.requestAction(Number(run.id), 'approve', 'author');
    await world.forge.idle();
    const { payload } = world.received.at(-1)!;
    expect(payload).toMatchObject({
      action: 'requested_action',
      requested_action: { identifier: 'approve' },
      check_run: { id: run.id, name: 'button' },
      sender: { login: 'author' },
    });
    expect(() => world.forge.requestAction(Number(run.id), 'other', 'author')).toThrow();
  });
});

describe('what an app may', () => {
  const narrowed = async (fields: object) => {
    const { installationId: installation_id } = world;
    const { data } = await world.app.rest.apps.createInstallationAccessToken({ installation_id, ...fields });
    return world.client(data.token);
  };

  test('a token has the permissions that it was made with and no more', async () => {
    const reader = await narrowed({ permissions: { checks: 'read' } });
    expect((await reader.rest.checks.listForRef({ ...at, ref: head })).status).toBe(200);
    const not = [403, 'Resource not accessible by integration'];
    expect(await refusal(reader.rest.checks.create({ ...at, name: 'x', head_sha: head }))).toEqual(not);
    expect(await refusal(reader.rest.issues.create({ ...at, title: 'x' }))).toEqual(not);
    expect((await refusal(narrowed({ permissions: { packages: 'write' } })))[0]).toBe(422);
  });

  test('a token made for one repository does not reach another', async () => {
    await world.forge.createRepository({ owner: 'acme', name: 'other', private: true });
    const one = await narrowed({ repositories: ['models'] });
    expect(await refusal(one.rest.repos.get({ owner: 'acme', repo: 'other' }))).toEqual([404, 'Not Found']);
    expect((await world.installation.rest.repos.get({ owner: 'acme', repo: 'other' })).status).toBe(200);
    expect((await one.rest.apps.listReposAccessibleToInstallation()).data.total_count).toBe(1);
  });

  test('where the app is not installed, it is told nothing of what is private and writes nowhere', async () => {
    await world.forge.createRepository({ owner: 'stranger', name: 'open' });
    const there = { owner: 'stranger', repo: 'open' };
    expect(await refusal(world.app.rest.apps.getRepoInstallation(there))).toEqual([404, 'Not Found']);
    expect((await refusal(world.installation.rest.issues.create({ ...there, title: 'x' })))[0]).toBe(403);
  });

  test('a suspended installation has no access', async () => {
    const id = world.forge.installApp('author', 'all');
    const { data } = await world.app.rest.apps.createInstallationAccessToken({ installation_id: id });
    world.forge.suspendInstallation(id, true);
    const suspended = world.client(data.token).rest.apps.listReposAccessibleToInstallation();
    expect(await refusal(suspended)).toEqual([403, 'This installation has been suspended']);
  });

  const sign = (claims: object): string => {
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
    return `${text}.${createSign('RSA-SHA256').update(text).sign(world.forge.privateKeyPem!, 'base64url')}`;
  };
  const seconds = Math.floor(Date.now() / 1000);

  test.each([
    ['that lives longer than ten minutes', { iat: seconds, exp: seconds + 700 }, 'too far in the future'],
    ['that is over', { iat: seconds - 700, exp: seconds - 100 }, 'future time'],
    ['of another app', { iat: seconds, exp: seconds + 60, iss: '1' }, 'Issuer'],
  ])('a web token %s is refused', async (_, claims, words) => {
    const client = world.client(sign({ iss: String(world.forge.appId), ...claims }));
    const [status, message] = await refusal(client.rest.apps.getAuthenticated());
    expect([status, message]).toEqual([401, expect.stringContaining(words)]);
  });
});

describe('what people may', () => {
  test('roles as GitHub reports them', async () => {
    world.forge.createUser('maintainer');
    world.forge.addCollaborator('acme/models', 'maintainer', 'maintain');
    const levels = ['owner', 'maintainer', 'author', 'stranger'].map(async (username) => {
      const { data } = await world.installation.rest.repos.getCollaboratorPermissionLevel({ ...at, username });
      return [data.permission, data.role_name];
    });
    expect(await Promise.all(levels)).toEqual([
      ['admin', 'admin'],
      ['write', 'maintain'],
      ['write', 'write'],
      ['read', 'read'],
    ]);
    const nobody = world.installation.rest.repos.getCollaboratorPermissionLevel({ ...at, username: 'nobody' });
    expect((await refusal(nobody))[0]).toBe(404);
  });

  test('a stranger comments on what is public, and changes nothing', async () => {
    const { data: issue } = await world.stranger.rest.issues.create({ ...at, title: 'Hello', labels: ['bug'] });
    expect(issue).toMatchObject({ labels: [], author_association: 'NONE' });
    const content = { ...at, path: 'x', message: 'm', content: '' };
    expect((await refusal(world.stranger.rest.repos.createOrUpdateFileContents(content)))[0]).toBe(403);
    const { data: other } = await world.author.rest.issues.create({ ...at, title: 'Not theirs' });
    const close = world.stranger.rest.issues.update({ ...at, issue_number: other.number, state: 'closed' });
    expect((await refusal(close))[0]).toBe(403);
  });
});

describe('HTTP', () => {
  test('what did not change costs nothing', async () => {
    const request = { ...at, path: 'README.md' };
    const first = await world.installation.rest.repos.getContent(request);
    const again = world.installation.rest.repos.getContent({
      ...request,
      headers: { 'if-none-match': first.headers.etag },
    });
    const unchanged = await again.catch((error) => error);
    expect(unchanged.status).toBe(304);
    expect(unchanged.response.headers['x-ratelimit-used']).toBe(first.headers['x-ratelimit-used']);
    expect(Number(first.headers['x-ratelimit-limit'])).toBe(5000);
  });

  test('lists come in pages that link to each other', async () => {
    const { data: issue } = await world.author.rest.issues.create({ ...at, title: 'Long' });
    const one = { ...at, issue_number: issue.number };
    for (let index = 0; index < 5; index += 1)
      await world.author.rest.issues.createComment({ ...one, body: `${index}` });
    const page = await world.author.rest.issues.listComments({ ...one, per_page: 2, page: 2 });
    expect(page.data.map((comment) => comment.body)).toEqual(['2', '3']);
    expect(page.headers.link?.match(/rel="\w+"/g)?.sort()).toEqual([
      'rel="first"',
      'rel="last"',
      'rel="next"',
      'rel="prev"',
    ]);
    const all = await world.author.paginate(world.author.rest.issues.listComments, { ...one, per_page: 2 });
    expect(all.map((comment) => comment.body)).toEqual(['0', '1', '2', '3', '4']);
  });

  test('a comment takes 65,536 characters', async () => {
    const { data: issue } = await world.author.rest.issues.create({ ...at, title: 'Full' });
    const say = (length: number) =>
      world.installation.rest.issues.createComment({ ...at, issue_number: issue.number, body: 'x'.repeat(length) });
    expect((await say(65_536)).status).toBe(201);
    expect((await refusal(say(65_537)))[0]).toBe(422);
  });

  test('the log has every request with who made it', async () => {
    world.forge.clearRequestLog();
    await world.installation.rest.repos.get(at);
    await world.author.rest.users.getAuthenticated();
    expect(world.forge.requestLog()).toMatchObject([
      { method: 'GET', path: '/repos/acme/models', status: 200, by: 'installation' },
      { method: 'GET', path: '/user', status: 200, by: 'user' },
    ]);
  });
});

test('merging closes the issues that the description names, and the diff is git’s', async () => {
  const { data: issue } = await world.author.rest.issues.create({ ...at, title: 'Too slow' });
  await world.forge.importFiles('acme/models', 'fast', { 'models/fast.yaml': 'a: 1\n' }, 'Faster', 'author');
  const body = `Fixes #${issue.number}.`;
  const { data: pull } = await world.author.rest.pulls.create({
    ...at,
    head: 'fast',
    base: 'main',
    title: 'Faster',
    body,
  });
  const one = { ...at, pull_number: pull.number };
  const diff = await world.author.rest.pulls.get({ ...one, mediaType: { format: 'diff' } });
  expect(diff.data as unknown as string).toContain('diff --git a/models/fast.yaml b/models/fast.yaml');
  await world.maintainer.rest.pulls.merge(one);
  const { data: after } = await world.author.rest.issues.get({ ...at, issue_number: issue.number });
  expect(after).toMatchObject({ state: 'closed', state_reason: 'completed', closed_by: { login: 'owner' } });
});

test('the bare bytes of a file are at its download address, private ones for who may read them', async () => {
  const { data } = await world.installation.rest.repos.getContent({ ...at, path: 'models/delay.yaml' });
  const address = String((data as { download_url: string }).download_url);
  expect(await (await fetch(address)).text()).toBe('epochs: 5\n');
  await world.forge.createRepository({ owner: 'acme', name: 'hidden', private: true });
  await world.forge.importFiles('acme/hidden', 'main', { 'a.txt': 'secret' }, 'Start', 'owner');
  const hidden = `${world.forge.url}/acme/hidden/raw/main/a.txt`;
  expect((await fetch(hidden)).status).toBe(404);
  expect((await fetch(hidden, { headers: { cookie: 'forge_user=stranger' } })).status).toBe(404);
  expect(await (await fetch(hidden, { headers: { cookie: 'forge_user=author' } })).text()).toBe('secret');
});

test('limits of requests and of content are the forge’s to set', async () => {
  const small = await startForgeWorld({ limits: { contentPerMinute: 2 } });
  try {
    const issue = () => small.author.rest.issues.create({ owner: small.owner, repo: small.repo, title: 'x' });
    await issue();
    await issue();
    expect(await refusal(issue())).toEqual([403, expect.stringContaining('secondary rate limit')]);
  } finally {
    await small.close();
  }
});
