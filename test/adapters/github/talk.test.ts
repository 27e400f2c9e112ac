import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDeliveryLog } from '../../../src/adapters/github/delivery-log.ts';
import { createInstallations } from '../../../src/adapters/github/installations.ts';
import { checkContent, type GitHubWorld, openGitHubWorld } from './github-world.ts';

let world: GitHubWorld;
let pull: number;
beforeAll(async () => {
  world = await openGitHubWorld();
  await world.forge.importFiles('acme/flights', 'topic', { 'a.txt': 'x' }, 'Change', 'author');
  const wanted = { head: 'topic', base: 'main', title: 'Better', body: '' };
  pull = (await world.github.pulls.open(world.repository, wanted)).number;
});
afterAll(async () => {
  await world.close();
  expect(world.complaints).toEqual([]);
});

const annotations = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    path: 'a.txt',
    startLine: index + 1,
    endLine: index + 1,
    level: 'failure' as const,
    message: `problem ${index}`,
  }));

describe('checks', () => {
  const runs = (name: string) => world.seen().checkRuns.filter((run) => run.name === name);

  it('are made once and then edited, found by their key after a crash', async () => {
    const { github, repository, base } = world;
    const check = { ...checkContent, name: 'once', sha: base, key: 'pull:7/once' };
    const { id } = await github.checks.publish(repository, check);
    const done = { ...check, status: 'completed' as const, conclusion: 'success' as const, title: 'Planned' };
    expect(await github.checks.publish(repository, done)).toEqual({ id });
    expect(await github.checks.publish(repository, { ...done, knownId: id })).toEqual({ id });
    expect(await github.checks.publish(repository, { ...check, key: 'other' })).not.toEqual({ id });
    expect(runs('once')).toHaveLength(2);
    expect(runs('once')[0]).toMatchObject({
      conclusion: 'success',
      externalId: 'pull:7/once',
      output: { title: 'Planned' },
    });
  });

  it('are one call when none was ever asked for', async () => {
    const { github, repository, base, forge } = world;
    forge.clearRequestLog();
    await github.checks.publish(repository, { ...checkContent, name: 'fresh', sha: base, key: 'k', fresh: true });
    await github.comments.upsert(repository, pull, { marker: 'fresh', body: 'x', fresh: true });
    expect(forge.requestLog().map(({ method }) => method)).toEqual(['POST', 'POST']);
    await github.comments.upsert(repository, pull, { marker: 'fresh', body: 'y' });
    expect(world.seen().comments.filter(({ body }) => body.includes('sluice:fresh'))).toHaveLength(1);
    world.seen().comments.splice(0);
  });

  it('are made anew when the one that was known is gone', async () => {
    const { github, repository, base } = world;
    const check = { ...checkContent, name: 'gone', sha: base, key: 'k', knownId: 4_711 };
    const { id } = await github.checks.publish(repository, check);
    expect(runs('gone').map((run) => run.id)).toEqual([id]);
  });

  it('carry any number of annotations, each once however often they are published', async () => {
    const { github, repository, base } = world;
    const check = { ...checkContent, name: 'many', sha: base, key: 'k', annotations: annotations(120) };
    const { id } = await github.checks.publish(repository, check);
    await github.checks.publish(repository, { ...check, knownId: id });
    await github.checks.publish(repository, { ...check, annotations: annotations(130) });
    const [run] = runs('many');
    expect(run?.output.annotations.map(({ message }) => message)).toEqual(
      annotations(130).map(({ message }) => message),
    );
  });

  it('are cut where GitHub would refuse', async () => {
    const { github, repository, base } = world;
    await github.checks.publish(repository, {
      ...checkContent,
      name: 'long',
      sha: base,
      key: 'k',
      summary: '😀'.repeat(40_000),
      text: 'x'.repeat(70_000),
      images: [{ alt: 'curve', url: 'https://sluice.example.com/plots/x.svg' }],
      actions: [1, 2, 3, 4].map((n) => ({
        label: `A label that is too long ${n}`,
        description: 'A description of more than forty characters',
        identifier: `action-${n}`,
      })),
    });
    const [run] = runs('long');
    expect(run?.output.summary).toMatch(/😀\n\n…$/u);
    expect(run?.output.text).toHaveLength(65_535);
    expect(run?.output.images).toHaveLength(1);
    expect(run?.actions.map(({ identifier }) => identifier)).toEqual(['action-1', 'action-2', 'action-3']);
  });

  it('of a commit that is not there are a conflict', async () => {
    const { github, repository } = world;
    const check = { ...checkContent, sha: '0'.repeat(40), key: 'k' };
    await expect(github.checks.publish(repository, check)).rejects.toMatchObject({ family: 'conflict' });
  });
});

describe('comments', () => {
  it('are one a marker, found again after a crash, and never those of somebody else', async () => {
    const { github, repository, forge } = world;
    const token = forge.state.tokens.find((each) => each.kind === 'user' && each.login === 'author')?.value;
    await fetch(`${forge.url}/api/v3/repos/acme/flights/issues/${pull}/comments`, {
      method: 'POST',
      headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ body: '<!-- sluice:report --> mine' }),
    });
    const first = await github.comments.upsert(repository, pull, { marker: 'report', body: 'one' });
    const second = await github.comments.upsert(repository, pull, { marker: 'report', body: 'two' });
    const third = await github.comments.upsert(repository, pull, {
      marker: 'report',
      body: 'three',
      knownId: first.id,
    });
    expect([second, third]).toEqual([first, first]);
    expect(first.url).toContain(`#issuecomment-${first.id}`);
    await github.comments.upsert(repository, pull, { marker: 'other', body: 'x', knownId: 4_711 });
    await github.comments.react(repository, first.id, 'rocket');
    await github.comments.react(repository, first.id, 'rocket');
    await github.comments.react(repository, 4_711, 'eyes');
    const bodies = world.seen().comments.map(({ author, body }) => [author, body]);
    expect(bodies).toEqual([
      ['author', '<!-- sluice:report --> mine'],
      ['sluice[bot]', '<!-- sluice:report -->\nthree'],
      ['sluice[bot]', '<!-- sluice:other -->\nx'],
    ]);
    expect(world.seen().comments[1]?.reactions.map(({ content }) => content)).toEqual(['rocket']);
  });
});

describe('issues', () => {
  it('are one a marker, edited, closed and opened again; labels that people add stay', async () => {
    const { github, repository, forge } = world;
    const wanted = {
      marker: 'monitor:live',
      title: 'Drift of distance',
      body: 'one',
      labels: ['drift'],
      assignees: ['author'],
      state: 'open' as const,
    };
    const { number } = await github.issues.upsert(repository, wanted);
    expect((await github.issues.upsert(repository, { ...wanted, body: 'two' })).number).toBe(number);
    const issue = () => world.seen().issues.find((each) => each.number === number)!;
    issue().labels.push('seen');
    world.seen().labels.push({ ...world.seen().labels[0]!, id: 1, name: 'seen' });
    const closed = { ...wanted, body: 'three', state: 'closed' as const, knownNumber: number };
    await github.issues.upsert(repository, closed);
    expect(issue()).toMatchObject({ state: 'closed', stateReason: 'completed', assignees: ['author'] });
    expect([...issue().labels].sort()).toEqual(['drift', 'seen']);
    expect((await github.issues.upsert(repository, { ...closed, body: 'four', state: 'kept' })).state).toBe('closed');
    expect(issue()).toMatchObject({ state: 'closed', body: expect.stringContaining('four') });
    expect((await github.issues.upsert(repository, { ...closed, knownNumber: 4_711, state: 'open' })).state).toBe(
      'open',
    );
    expect(issue().state).toBe('open');

    forge.clearRequestLog();
    await github.issues.upsert(repository, { ...closed, state: 'open' });
    expect(forge.requestLog().map(({ method }) => method)).toEqual(['GET']);
  });

  it('stay closed when somebody closes them while they are edited', async () => {
    const { github, repository, forge } = world;
    const wanted = { marker: 'monitor:raced', title: 'Drift', labels: [], assignees: [] };
    const { number } = await github.issues.upsert(repository, { ...wanted, body: 'one', state: 'open' });
    const issue = () => world.seen().issues.find((each) => each.number === number)!;
    forge.onResponse(({ method, path }) => {
      if (method === 'GET' && path.endsWith(`/issues/${number}`)) issue().state = 'closed';
    });
    const edited = { ...wanted, body: 'two', state: 'kept' as const, knownNumber: number };
    expect((await github.issues.upsert(repository, edited)).state).toBe('closed');
    expect(issue()).toMatchObject({ state: 'closed', body: expect.stringContaining('two') });
  });
});

describe('people', () => {
  it.each([
    ['owner', 'admin'],
    ['author', 'write'],
    ['stranger', 'read'],
    ['nobody', 'none'],
  ])('%s is %s', async (login, role) => {
    expect(await world.github.people.role(world.repository, login)).toBe(role);
  });

  it('asks who is in a team', async () => {
    const { github, repository } = world;
    expect(await github.people.isTeamMember(repository, 'acme/ml', 'author')).toBe(true);
    expect(await github.people.isTeamMember(repository, '@acme/ml', 'stranger')).toBe(false);
    expect(await github.people.isTeamMember(repository, 'acme/none', 'author')).toBe(false);
  });
});

describe('releases', () => {
  it('claims a version once', async () => {
    const { github, repository, base } = world;
    const tag = { name: 'flight-delay@v1.0.0', commit: base, message: 'flight-delay 1.0.0\n' };
    const claims = await Promise.all([1, 2, 3].map(() => github.releases.createTag(repository, tag)));
    expect(claims.sort()).toEqual(['created', 'exists', 'exists']);
    await github.releases.createTag(repository, { ...tag, name: 'flight-delay#prod#1' });
    const tags = await github.releases.listTags(repository, 'flight-delay@');
    expect(tags).toEqual([{ name: tag.name, commit: base, message: expect.stringContaining('flight-delay 1.0.0') }]);
    expect(await github.releases.listTags(repository, 'flight-delay#')).toHaveLength(1);
    expect(await github.releases.listTags(repository, 'none@')).toEqual([]);
  });

  it('publishes one release a tag', async () => {
    const { github, repository, base } = world;
    await github.releases.createTag(repository, { name: 'flight-delay@v1.1.0', commit: base, message: 'x' });
    const release = { tag: 'flight-delay@v1.1.0', name: 'flight-delay 1.1.0', body: 'Card' };
    const first = await github.releases.publishRelease(repository, release);
    const second = await github.releases.publishRelease(repository, { ...release, body: 'Better card' });
    expect(second).toEqual(first);
    expect(world.seen().releases.map(({ body }) => body)).toEqual(['Better card']);
  });
});

describe('deployments', () => {
  it('are made once, and say the same thing only once', async () => {
    const { github, repository, base } = world;
    const wanted = { key: 'rollout:1', sha: base, environment: 'production', description: 'flight-delay 1.0.0' };
    const { id } = await github.deployments.ensure(repository, wanted);
    expect(await github.deployments.ensure(repository, wanted)).toEqual({ id });
    expect(await github.deployments.ensure(repository, { ...wanted, key: 'rollout:2' })).not.toEqual({ id });
    const status = {
      state: 'in_progress' as const,
      description: 'x'.repeat(200),
      environmentUrl: 'http://localhost:1/',
    };
    await github.deployments.setStatus(repository, id, status);
    await github.deployments.setStatus(repository, id, status);
    await github.deployments.setStatus(repository, id, { state: 'success', description: 'live' });
    const deployment = world.seen().deployments.find((each) => each.id === id)!;
    expect(deployment.statuses.map(({ state }) => state)).toEqual(['in_progress', 'success']);
    expect(deployment.statuses[0]?.description).toHaveLength(140);
  });
});

describe('the app itself', () => {
  it('knows where it is installed', async () => {
    expect(await createInstallations(world.access).list()).toEqual([
      { repository: 'acme/flights', installationId: world.repository.installationId, defaultBranch: 'main' },
    ]);
  });

  it('finds deliveries that failed and has them sent again', async () => {
    const { forge, access } = world;
    await forge.idle();
    const log = createDeliveryLog(access);
    const failed = await log.failedSince(Date.now() - 60_000);
    expect(failed.length).toBeGreaterThan(0);
    expect(await log.failedSince(Date.now() + 60_000)).toEqual([]);
    const before = forge.deliveries().length;
    await log.redeliver(failed[0]!.id);
    await forge.idle();
    const sent = forge.deliveries().slice(before);
    expect(sent.map(({ guid, redelivery }) => [guid, redelivery])).toEqual([[failed[0]!.guid, true]]);
  });
});
