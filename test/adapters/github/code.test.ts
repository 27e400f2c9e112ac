import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type GitHubWorld, openGitHubWorld } from './github-world.ts';

let world: GitHubWorld;
beforeAll(async () => {
  world = await openGitHubWorld();
});
afterAll(async () => {
  await world.close();
  expect(world.complaints).toEqual([]);
});

it('lists the files of a commit', async () => {
  const { github, repository, base } = world;
  const tree = await github.files.tree(repository, base);
  expect(tree.map(({ path, mode }) => [path, mode])).toEqual([
    ['a.txt', '100644'],
    ['dir/b.txt', '100644'],
  ]);
  await expect(github.files.tree(repository, '0'.repeat(40))).rejects.toMatchObject({ code: 'conflict/not-found' });
});

it('asks once what a commit holds and where two of them parted, also at the same time', async () => {
  const { github, repository, base, forge } = world;
  const head = await forge.importFiles('acme/flights', 'once', { 'once.txt': 'once\n' }, 'Once', 'author');
  await github.files.branchHead(repository, 'main');
  forge.clearRequestLog();
  const look = () =>
    Promise.all([github.files.tree(repository, head), github.pulls.mergeBase(repository, base, head)] as const);
  const [first, second] = await Promise.all([look(), look()]);
  expect([second, await look()]).toEqual([first, first]);
  expect(first[0].map(({ path }) => path)).toContain('once.txt');
  const asked = forge.requestLog().map(({ path }) => path.replace(/^\/repos\/acme\/flights\//, ''));
  expect(asked.sort()).toEqual([`compare/${base}...${head}`, `git/trees/${head}`]);
});

it('asks again after an error, and again for a branch, which moves', async () => {
  const { github, repository, forge } = world;
  const absent = '1'.repeat(40);
  for (const call of [1, 2]) {
    forge.clearRequestLog();
    await expect(github.files.tree(repository, absent), `call ${call}`).rejects.toMatchObject({ family: 'conflict' });
    expect(forge.requestLog().length, `call ${call}`).toBeGreaterThan(0);
  }
  for (const name of ['one.txt', 'two.txt']) {
    await forge.importFiles('acme/flights', 'moves', { [name]: 'x\n' }, 'Move', 'author');
    const tree = await github.files.tree(repository, 'moves');
    expect(tree.map(({ path }) => path)).toContain(name);
  }
});

it('gives jobs that begin within minutes the same token to check out', async () => {
  const { github, repository, forge } = world;
  const first = await github.access.checkout(repository);
  forge.clearRequestLog();
  expect(await github.access.checkout(repository)).toEqual(first);
  expect(forge.requestLog()).toEqual([]);
});

it('reads many files of many commits in one call, whatever their number', async () => {
  const { github, repository, base, forge } = world;
  const files = Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`many/${index}.txt`, `${index} äöü\n`]));
  const next = await forge.importFiles('acme/flights', 'many', { ...files, 'a.txt': 'changed\n' }, 'Many', 'author');
  await github.files.branchHead(repository, 'main');
  forge.clearRequestLog();
  const texts = await github.files.read(repository, [
    { sha: base, path: 'a.txt' },
    { sha: next, path: 'a.txt' },
    { sha: base, path: 'missing.txt' },
    { sha: base, path: 'dir' },
    ...Object.keys(files).map((path) => ({ sha: next, path })),
  ]);
  expect(forge.requestLog().map(({ path }) => path)).toEqual(['/graphql']);
  expect(texts.get(`${base}:a.txt`)).toBe('one\n');
  expect(texts.get(`${next}:a.txt`)).toBe('changed\n');
  expect(texts.get(`${next}:many/7.txt`)).toBe('7 äöü\n');
  expect(texts.size).toBe(122);
  expect(await github.files.read(repository, [])).toEqual(new Map());
});

it('reads texts that GraphQL cuts or takes for binary', async () => {
  const { github, repository, forge } = world;
  const large = 'x'.repeat(700_000);
  const sha = await forge.importFiles('acme/flights', 'large', { 'l.txt': large, 'z.txt': 'a\0b' }, 'Large', 'author');
  const texts = await github.files.read(repository, [
    { sha, path: 'l.txt' },
    { sha, path: 'z.txt' },
  ]);
  expect(texts.get(`${sha}:l.txt`)).toBe(large);
  expect(texts.get(`${sha}:z.txt`)).toBe('a\0b');
});

it('makes a branch once and commits to it only where it was seen', async () => {
  const { github, repository, base } = world;
  expect(await github.files.branchHead(repository, 'sluice/retrain')).toBeUndefined();
  expect(await github.files.createBranch(repository, 'sluice/retrain', base)).toBe('created');
  expect(await github.files.createBranch(repository, 'sluice/retrain', base)).toBe('exists');
  const change = {
    branch: 'sluice/retrain',
    expectedHead: base,
    message: 'Move the window\n\nBecause of drift.',
    files: [
      { path: 'a.txt', text: 'moved\n' },
      { path: 'new/c.txt', text: 'ü\n' },
    ],
  };
  const made = await github.files.commit(repository, change);
  const head = await github.files.branchHead(repository, 'sluice/retrain');
  expect(made).toEqual({ sha: head });
  expect(await github.files.commit(repository, change)).toBe('moved');
  const texts = await github.files.read(repository, [{ sha: head!, path: 'new/c.txt' }]);
  expect([...texts.values()]).toEqual(['ü\n']);
});

it('opens a pull request once, and sees what it changes', async () => {
  const { github, repository, base, forge } = world;
  const files = { 'a.txt': 'two\n', 'dir/b.txt': null, 'dir/renamed.txt': 'two\n' };
  const head = await forge.importFiles('acme/flights', 'topic', files, 'Change', 'author');
  const wanted = { head: 'topic', base: 'main', title: 'Better', body: 'Text' };
  const pull = await github.pulls.open(repository, wanted);
  expect((await github.pulls.open(repository, wanted)).number).toBe(pull.number);
  expect(await github.pulls.get(repository, pull.number)).toEqual(pull);
  expect(pull).toMatchObject({
    title: 'Better',
    author: 'sluice[bot]',
    state: 'open',
    merged: false,
    head: { sha: head, branch: 'topic', fromFork: false },
    base: { branch: 'main' },
  });
  expect((await github.pulls.changedFiles(repository, pull.number)).toString().split(',').sort()).toEqual([
    'a.txt',
    'dir/b.txt',
    'dir/renamed.txt',
  ]);
  expect((await github.pulls.listOpen(repository)).map(({ number }) => number)).toEqual([pull.number]);
  await forge.importFiles('acme/flights', 'main', { 'later.txt': 'x' }, 'Later', 'owner');
  expect(await github.pulls.mergeBase(repository, 'main', head)).toBe(base);
  await expect(github.pulls.get(repository, 999)).rejects.toMatchObject({ code: 'conflict/not-found' });
});

it('tells a pull request of a fork', async () => {
  const { github, repository, forge } = world;
  await forge.forkRepository('acme/flights', 'stranger');
  await forge.importFiles('stranger/flights', 'theirs', { 'evil.txt': 'x' }, 'Mine', 'stranger');
  const { number } = await forkPull('theirs');
  expect((await github.pulls.get(repository, number)).head).toMatchObject({ branch: 'theirs', fromFork: true });
});

async function forkPull(branch: string): Promise<{ number: number }> {
  const { forge } = world;
  const token = forge.state.tokens.find((each) => each.kind === 'user' && each.login === 'stranger')?.value;
  const answer = await fetch(`${forge.url}/api/v3/repos/acme/flights/pulls`, {
    method: 'POST',
    headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ title: 'Theirs', head: `stranger:${branch}`, base: 'main' }),
  });
  return (await answer.json()) as { number: number };
}

it('gives a token that can clone this repository and do nothing else', async () => {
  const { github, repository, forge } = world;
  await forge.createRepository({ owner: 'acme', name: 'other', private: true });
  const { url, token } = await github.access.checkout(repository);
  const remote = url.replace('://', `://x-access-token:${token}@`);
  const git = promisify(execFile);
  const { stdout } = await git('git', ['ls-remote', remote]);
  expect(stdout).toContain('refs/heads/main');
  await expect(git('git', ['ls-remote', remote.replace('flights', 'other')])).rejects.toThrow();
  const answer = await fetch(`${forge.url}/api/v3/repos/acme/flights/git/refs/heads/many`, {
    method: 'DELETE',
    headers: { authorization: `token ${token}` },
  });
  expect(answer.status).toBe(403);
});
