import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ForgeWorld, startForgeWorld } from './scenario/forge-world.ts';

let world: ForgeWorld;
let at: { owner: string; repo: string };

beforeAll(async () => {
  world = await startForgeWorld();
  at = { owner: world.owner, repo: world.repo };
});

afterAll(() => world?.close());

const tipOf = async (branch: string): Promise<string> =>
  (await world.installation.rest.git.getRef({ ...at, ref: `heads/${branch}` })).data.object.sha;

const statusOf = (work: Promise<{ status: number }>): Promise<number> =>
  work.then(
    ({ status }) => status,
    (error: { status: number }) => error.status,
  );

const mutation = `mutation($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid messageHeadline } }
}`;

const commitInput = (branch: string, expectedHeadOid: string, text: string) => ({
  branch: { repositoryNameWithOwner: 'acme/models', branchName: branch },
  expectedHeadOid,
  message: { headline: 'Move the window', body: 'Because of drift.' },
  fileChanges: { additions: [{ path: 'data/window.yaml', contents: Buffer.from(text).toString('base64') }] },
});

type Committed = { createCommitOnBranch: { commit: { oid: string } } };

test('of many who claim a tag at the same time exactly one gets it', async () => {
  const sha = await tipOf('main');
  const tags = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      world.installation.rest.git.createTag({
        ...at,
        tag: 'delay@v1.0.0',
        message: `claim ${index}`,
        object: sha,
        type: 'commit',
      }),
    ),
  );
  const claim = (tag: string) =>
    world.installation.rest.git.createRef({ ...at, ref: 'refs/tags/delay@v1.0.0', sha: tag });
  const statuses = await Promise.all(tags.map((tag) => statusOf(claim(tag.data.sha))));
  expect(statuses.sort()).toEqual([201, ...Array(7).fill(422)]);
  await expect(claim(tags[0]!.data.sha)).rejects.toThrow('Reference already exists');
});

test('a commit on a branch that moved is refused, and the branch stays', async () => {
  const head = await tipOf('main');
  const first = await world.installation.graphql<Committed>(mutation, { input: commitInput('main', head, 'a: 1\n') });
  const oid = first.createCommitOnBranch.commit.oid;
  expect(await tipOf('main')).toBe(oid);
  const { data: commit } = await world.installation.rest.git.getCommit({ ...at, commit_sha: oid });
  expect(commit).toMatchObject({
    message: 'Move the window\n\nBecause of drift.',
    parents: [{ sha: head }],
    author: { name: 'gatekeeper[bot]' },
  });
  const stale = world.installation.graphql(mutation, { input: commitInput('main', head, 'a: 2\n') });
  await expect(stale).rejects.toMatchObject({ errors: [{ type: 'STALE_DATA', path: ['createCommitOnBranch'] }] });
  expect(await tipOf('main')).toBe(oid);
});

test('of two commits on the same head one wins', async () => {
  const head = await tipOf('main');
  const inputs = ['b: 1\n', 'b: 2\n', 'b: 3\n'].map((text) => commitInput('main', head, text));
  const outcomes = await Promise.allSettled(inputs.map((input) => world.installation.graphql(mutation, { input })));
  expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
});

test('a branch moves forward only, unless forced', async () => {
  const old = await tipOf('main');
  const { createCommitOnBranch } = await world.installation.graphql<Committed>(mutation, {
    input: commitInput('main', old, 'c: 1\n'),
  });
  const back = { ...at, ref: 'heads/main', sha: old };
  await expect(world.installation.rest.git.updateRef(back)).rejects.toThrow('Update is not a fast forward');
  expect(await tipOf('main')).toBe(createCommitOnBranch.commit.oid);
  await world.installation.rest.git.updateRef({ ...back, force: true });
  expect(await tipOf('main')).toBe(old);
});

const openPull = async (branch: string, files: Record<string, string>): Promise<number> => {
  await world.forge.importFiles('acme/models', branch, files, `Change ${branch}`, 'author');
  const { data } = await world.author.rest.pulls.create({ ...at, head: branch, base: 'main', title: `The ${branch}` });
  return data.number;
};

const merge = (pull_number: number, options: object = {}) =>
  world.maintainer.rest.pulls.merge({ ...at, pull_number, ...options });

test('a merge takes the head that it was meant for, and no conflict', async () => {
  const number = await openPull('meant', { 'models/meant.yaml': 'a: 1\n' });
  expect(await statusOf(merge(number, { sha: '0'.repeat(40) }))).toBe(409);
  const conflicting = await openPull('conflict', { 'models/meant.yaml': 'a: 2\n' });
  expect(await statusOf(merge(number))).toBe(200);
  expect(await statusOf(merge(number))).toBe(405);
  const { data } = await world.author.rest.pulls.get({ ...at, pull_number: conflicting });
  expect(data).toMatchObject({ mergeable: false, mergeable_state: 'dirty' });
  expect(await statusOf(merge(conflicting))).toBe(405);
});

test.each([
  ['merge', 2, /^Merge pull request #\d+ from acme\/by-merge\n\nThe by-merge$/],
  ['squash', 1, /^The by-squash \(#\d+\)/],
  ['rebase', 1, /^More by-rebase$/],
] as const)('merging by %s leaves a commit with %i parents', async (merge_method, parents, message) => {
  const branch = `by-${merge_method}`;
  const file = `models/${branch}.yaml`;
  const number = await openPull(branch, { [file]: 'a: 1\n' });
  await world.forge.importFiles('acme/models', branch, { [file]: 'a: 2\n' }, `More ${branch}`, 'author');
  // the base moves on meanwhile, so that nothing is a fast forward
  await world.forge.importFiles('acme/models', 'main', { [`notes/${branch}.md`]: 'x\n' }, 'Meanwhile', 'owner');
  const { data } = await merge(number, { merge_method });
  const { data: commit } = await world.installation.rest.git.getCommit({ ...at, commit_sha: data.sha });
  expect(commit.parents).toHaveLength(parents);
  expect(commit.message).toMatch(message);
  for (const path of [file, `notes/${branch}.md`]) {
    expect(await statusOf(world.installation.rest.repos.getContent({ ...at, path, ref: 'main' }))).toBe(200);
  }
  const { data: pull } = await world.author.rest.pulls.get({ ...at, pull_number: number });
  expect(pull).toMatchObject({ merged: true, merge_commit_sha: data.sha, additions: 1, changed_files: 1, commits: 2 });
});
