/** `/retrain` where the dataset pins a file: which one is newer, what the pull request says, what came of it. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSourceVersions } from '../../src/adapters/dataset/create-source-versions.ts';
import { ask, days, declare, live, look, MONITOR } from './monitored.ts';
import { DATASET, pinnedShop } from './pinned-shop.ts';
import { type FlowWorld, REPOSITORY } from './world.ts';

const JANUARY = 'visited,age\n2024-01-02,40\n';
const FEBRUARY = 'visited,age\n2024-02-02,41\n2024-02-03,42\n';
const sha = (text: string) => createHash('sha256').update(text).digest('hex');

let root: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

/** A file that was written an hour ago, or so many seconds. */
async function put(name: string, content: string, secondsAgo = 3600): Promise<void> {
  const file = path.join(root, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
  const at = Date.now() / 1000 - secondsAgo;
  await utimes(file, at, at);
}

type Pinned = { uri?: string; sha256?: string; window?: boolean; monitor?: (text: string) => string };

/** January is pinned. The file need not be there. */
async function pinned({ uri = 'file:visits/2024-01.csv', sha256 = sha(JANUARY), window, monitor }: Pinned = {}) {
  const world = await live(monitor, pinnedShop(uri, sha256, window));
  world.deps.sourceVersions = createSourceVersions({ dataRoot: root });
  return world;
}

async function asked(world: FlowWorld, command = '/retrain') {
  await days(world, 'good', 'bad', 'bad');
  await ask(world, 2, command);
}

const opened = (world: FlowWorld) => world.github.pullRequests.slice(1);

function specOf(world: FlowWorld): string | undefined {
  return world.github.commits.resolve(`refs/heads/${opened(world)[0]!.head.branch}`)?.files.get(DATASET);
}

const answer = (world: FlowWorld) => world.github.commentList.at(-1)?.body;

function declaredIn(world: FlowWorld): string {
  return world.github.commits.resolve('refs/heads/main')!.files.get(DATASET)!;
}

describe('/retrain where a file is pinned', () => {
  it('pins the newest one beside it, and changes nothing else', async () => {
    await put('visits/2024-01.csv', JANUARY);
    await put('visits/2024-02.csv', FEBRUARY);
    await put('visits/2024-09.csv.part', 'half');
    await put('elsewhere/2024-12.csv', 'not for us');
    const world = await pinned();
    await asked(world);
    expect(opened(world)[0]).toMatchObject({
      number: 3,
      title: 'Retrain bought on file:visits/2024-02.csv',
      head: { branch: expect.stringMatching(/^sluice\/retrain-bought-live-[0-9a-f]{12}$/) },
    });
    expect(specOf(world)).toBe(
      declaredIn(world)
        .replace('uri: file:visits/2024-01.csv', 'uri: "file:visits/2024-02.csv"')
        .replace(sha(JANUARY), sha(FEBRUARY)),
    );
    const [pull] = opened(world);
    await expect(`# ${pull!.title}\n\n${pull!.body}\n`).toMatchFileSnapshot('./golden/monitor/retrain-pull-file.txt');
  });

  it('is the same pull request when it is asked again, and another for a file that came since', async () => {
    await put('visits/2024-02.csv', FEBRUARY);
    const world = await pinned();
    await asked(world);
    await ask(world, 2, '/retrain');
    expect(opened(world)).toHaveLength(1);
    await put('visits/2024-10.csv', 'visited,age\n');
    await ask(world, 2, '/retrain');
    expect(opened(world).map(({ title }) => title)).toEqual([
      'Retrain bought on file:visits/2024-02.csv',
      'Retrain bought on file:visits/2024-10.csv',
    ]);
  });

  it('is another pull request for a copy under a newer name', async () => {
    await put('visits/2024-02.csv', FEBRUARY);
    const world = await pinned();
    await asked(world);
    await put('visits/2024-03.csv', FEBRUARY);
    await ask(world, 2, '/retrain');
    const uris = opened(world).map(
      ({ head }) =>
        /uri: (\S*)/.exec(world.github.commits.resolve(`refs/heads/${head.branch}`)!.files.get(DATASET)!)?.[1],
    );
    expect(uris).toEqual(['"file:visits/2024-02.csv"', '"file:visits/2024-03.csv"']);
  });

  it('pins no file that may still be written, and the same one when it is whole', async () => {
    await put('visits/2024-01.csv', JANUARY);
    await put('visits/2024-02.csv', 'visited,age\n2024-02-02,4', 5);
    const world = await pinned();
    await asked(world);
    expect(answer(world)?.replace(/&#8203;|\\/g, '')).toContain(
      'file:visits/2024-02.csv was written to less than a minute ago, and may not be whole yet; ask again in a minute',
    );
    expect(opened(world)).toEqual([]);
    await put('visits/2024-02.csv', FEBRUARY);
    await ask(world, 2, '/retrain');
    expect(specOf(world)).toContain(sha(FEBRUARY));
  });

  it('pins what the same file holds by now, where there is no newer one', async () => {
    await put('visits/2024-01.csv', FEBRUARY);
    const world = await pinned();
    await asked(world);
    expect(specOf(world)).toBe(declaredIn(world).replace(sha(JANUARY), sha(FEBRUARY)));
    const [pull] = opened(world);
    await expect(`# ${pull!.title}\n\n${pull!.body}\n`).toMatchFileSnapshot(
      './golden/monitor/retrain-pull-content.txt',
    );
  });

  it('moves window and file together, where there are both', async () => {
    await put('visits/2024-01.csv', JANUARY);
    await put('visits/2024-02.csv', FEBRUARY);
    const world = await pinned({ window: true });
    await asked(world);
    expect(opened(world)[0]!.head.branch).toMatch(/^sluice\/retrain-bought-live-2024-03-02-2024-03-04-[0-9a-f]{12}$/);
    expect(specOf(world)).toMatch(/uri: "file:visits\/2024-02.csv".*from: "2024-03-02", to: "2024-03-04"/s);
    const [pull] = opened(world);
    await expect(`# ${pull!.title}\n\n${pull!.body}\n`).toMatchFileSnapshot('./golden/monitor/retrain-pull-both.txt');
  });

  it('moves the window alone where there is no newer file, and says so', async () => {
    await put('visits/2024-01.csv', JANUARY);
    const world = await pinned({ window: true });
    await asked(world);
    expect(specOf(world)).toBe(
      declaredIn(world).replace('from: "2024-01-01", to: "2024-01-29"', 'from: "2024-03-02", to: "2024-03-04"'),
    );
    expect(opened(world)[0]!.body).toContain(
      'The pinned file stays: below file:visits/ no file is called like file:visits/2024-01.csv but for greater digits, and it holds what is pinned. The rows of the new window have to be in it.',
    );
  });

  it('pins a newer file for the window there is, where that is as new as can be', async () => {
    await put('visits/2024-01.csv', JANUARY);
    const world = await pinned({ window: true });
    await days(world, 'good', 'bad', 'bad');
    const moved = declaredIn(world).replace(/from: .*, to: "[^"]*"/, 'from: "2024-03-02", to: "2024-03-04"');
    await declare(world, { [DATASET]: moved });
    await ask(world, 2, '/retrain');
    expect(answer(world)?.replace(/&#8203;|\\/g, '')).toContain(
      'there is no newer data yet, and the pinned file stays: below file:visits/ no file',
    );
    await put('visits/2024-02.csv', FEBRUARY);
    await ask(world, 2, '/retrain');
    expect(opened(world).map(({ title }) => title)).toEqual(['Retrain bought on file:visits/2024-02.csv']);
    expect(opened(world)[0]!.body).toContain(
      'before anything is trained. The window stays 2024-03-02 to 2024-03-04: its rows have to be in it.',
    );
    expect(specOf(world)).toBe(
      moved.replace('file:visits/2024-01.csv', '"file:visits/2024-02.csv"').replace(sha(JANUARY), sha(FEBRUARY)),
    );
  });

  it.each([
    ['nothing newer', {}, '/retrain', 'and it holds what is pinned. Name a newer one in source.uri'],
    [
      'a copy',
      { uri: 'file:visits/0.csv' },
      '/retrain',
      'file:visits/1.csv, the newest by its name, has the same content',
    ],
    ['no file here', { uri: 'file:visits/x-1.csv' }, '/retrain', 'it is not in the data folder of the server itself'],
    ['a bucket', { uri: 's3://shop/1.csv' }, '/retrain', 'not s3:'],
    ['the repository', { uri: 'data/visits.csv' }, '/retrain', 'newer data are a commit of somebody'],
    ['days', {}, '/retrain from=2024-03-01 to=2024-03-04', 'from= and to= are for datasets with a window'],
  ])('refuses: %s', async (_, where, command, reason) => {
    await put('visits/2024-01.csv', JANUARY);
    await put('visits/1.csv', JANUARY);
    const world = await pinned(where);
    await asked(world, command);
    expect(answer(world)?.replace(/&#8203;|\\/g, '')).toContain(reason);
    expect(opened(world)).toEqual([]);
  });

  it('opens one by itself as soon as there is a newer file, and says once why there is none yet', async () => {
    await put('visits/2024-01.csv', JANUARY);
    const world = await pinned({ monitor: (text) => text.replace('retrain: suggest', 'retrain: pull-request') });
    await days(world, 'bad', 'bad', 'bad');
    expect(world.github.commentList.filter(({ body }) => body.includes('nothing newer was found'))).toHaveLength(1);
    expect(opened(world)).toEqual([]);
    await put('visits/2024-02.csv', FEBRUARY);
    await days(world, 'bad', 'bad');
    expect(opened(world).map(({ title }) => title)).toEqual(['Retrain bought on file:visits/2024-02.csv']);
  });

  it('opens another one where the first was merged and taken back, and goes on with what was asked after it', async () => {
    await put('visits/2024-02.csv', FEBRUARY);
    const world = await pinned();
    await asked(world);
    const before = declaredIn(world);
    world.github.mergePull(3);
    await declare(world, { [DATASET]: before });
    await ask(world, 2, '/retrain');
    await ask(world, 2, '/retrain');
    await ask(world, 2, '/snooze 7d');
    const [first, ...others] = opened(world).map(({ head }) => head.branch);
    expect(others).toEqual([`${first}-2`]);
    expect(world.github.commits.resolve(`refs/heads/${first}-2`)?.files.get(DATASET)).toContain(sha(FEBRUARY));
    expect((await world.records.monitors.get(MONITOR))?.snoozed).toBeDefined();
  });

  it('leaves what somebody pushed to its branch as it is', async () => {
    await put('visits/2024-02.csv', FEBRUARY);
    const world = await pinned();
    await asked(world);
    world.github.push(opened(world)[0]!.head.branch, {
      [DATASET]: specOf(world)!.replace(sha(FEBRUARY), sha('by hand')),
    });
    await ask(world, 2, '/retrain');
    expect(opened(world)).toHaveLength(1);
    expect(specOf(world)).toContain(sha('by hand'));
  });

  it('edits no dataset that pins something else by now, and chooses anew for what it pins then', async () => {
    await put('visits/2024-02.csv', FEBRUARY);
    const world = await pinned({ monitor: (text) => text.replace('retrain: suggest', 'retrain: pull-request') });
    const march = declaredIn(world).replace('2024-01', '2024-03').replace(sha(JANUARY), sha('March'));
    await days(world, 'good', 'bad');
    // The server has not heard of it yet.
    world.github.push('main', { [DATASET]: march });
    await days(world, 'bad');
    await ask(world, 2, '/retrain');
    expect(answer(world)).toContain('what the dataset pins was changed meanwhile; ask again');
    expect(opened(world)).toEqual([]);
    await declare(world, { [DATASET]: march });
    await put('visits/2024-04.csv', 'visited,age\n');
    await days(world, 'bad');
    expect(opened(world).map(({ title }) => title)).toEqual(['Retrain bought on file:visits/2024-04.csv']);
  });

  it.each([
    ['a window', {}, 'looks like now (`/retrain from=2024-01-31 to=2024-02-29` for another window).'],
    ['a file', { uri: 'file:visits/1.csv' }, 'the newest version of the dataset’s file.'],
    ['both', { uri: 'file:visits/1.csv', window: true }, 'the newest version of the dataset’s file (`/retrain from='],
    ['a window and a file elsewhere', { uri: 's3://shop/1.csv', window: true }, 'looks like now (`/retrain from='],
    ['a file elsewhere', { uri: 's3://shop/1.csv' }, undefined],
  ])('offers what the dataset has: %s', async (has, where, offer) => {
    const world = has === 'a window' ? await live() : await pinned(where);
    await days(world, 'bad', 'bad');
    const { body } = world.github.issueList[0]!;
    expect(body).toContain('- `/accept`');
    const item = /^- `\/retrain`.*$/m.exec(body)?.[0];
    offer === undefined ? expect(item).toBeUndefined() : expect(item).toContain(offer);
  });

  it('says in the issue what came of it', async () => {
    await put('visits/2024-02.csv', FEBRUARY);
    const world = await pinned();
    await asked(world);
    const { number } = opened(world)[0]!;
    await look(world);
    expect(world.github.issueList[0]!.body).toContain(`#${number}: open`);
    await world.finish();
    await world.say(number, 'owner', '/approve');
    await world.finish();
    world.github.mergePull(number);
    await world.look(`pull:${REPOSITORY}#${number}`);
    await world.finish();
    await look(world);
    expect(declaredIn(world)).toContain(sha(FEBRUARY));
    expect(world.github.issueList[0]!.body).toMatch(new RegExp(`#${number}: merged and live as v\\d`));
  });
});
