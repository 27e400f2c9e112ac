import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ActionsWorld, startActionsWorld } from './scenario/actions-world.ts';

let world: ActionsWorld;

const typed = `name: Typed
on:
  workflow_dispatch:
    inputs:
      name: { required: true, type: string }
      size: { type: choice, options: [small, large], default: small }
      count: { type: number }
      dry: { type: boolean, default: true }
jobs:
  a:
    runs-on: nowhere
    steps: [{ run: echo }]
`;

beforeAll(async () => {
  world = await startActionsWorld();
  await world.workflow('typed.yml', typed);
  await world.workflow(
    'pushed.yml',
    'on: { push: { branches: [never] } }\njobs:\n  a:\n    runs-on: nowhere\n    steps: [{ run: echo }]\n',
  );
});

afterAll(() => world?.close());

const ask = async (body: Record<string, unknown>, file = 'typed.yml', by = world.installation) => {
  const { owner, repo } = world;
  const path = 'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches';
  try {
    const answer = await by.request(path, { owner, repo, workflow_id: file, ref: 'main', ...body });
    return { status: answer.status as number, data: answer.data as unknown };
  } catch (error) {
    const { status, message } = error as { status: number; message: string };
    return { status, data: message };
  }
};

test.each([
  ['a required input is missing', {}, "Required input 'name' not provided"],
  ['an input is not known', { name: 'a', more: 'b' }, 'Unexpected inputs provided: ["more"]'],
  ['a choice is none of the options', { name: 'a', size: 'huge' }, "'huge' for input 'size' not in the list"],
  ['a number is none', { name: 'a', count: 'many' }, "'many' for input 'count' not a number"],
  ['a boolean is none', { name: 'a', dry: 'perhaps' }, "'perhaps' for input 'dry' not a boolean"],
  [
    'there are more than 25',
    Object.fromEntries(Array.from({ length: 26 }, (_, at) => [`i${at}`, 'x'])),
    'up to 25 `inputs`',
  ],
])('a dispatch is refused where %s', async (_what, inputs, message) => {
  const answer = await ask({ inputs });
  expect(answer).toMatchObject({ status: 422, data: expect.stringContaining(message) });
});

test('a ref that is not there, and a workflow that nobody dispatches, are refused', async () => {
  expect(await ask({ ref: 'no-such', inputs: { name: 'a' } })).toMatchObject({
    status: 422,
    data: expect.stringContaining('No ref found for: no-such'),
  });
  expect(await ask({}, 'pushed.yml')).toMatchObject({
    status: 422,
    data: expect.stringContaining('workflow_dispatch'),
  });
  expect(await ask({}, 'none.yml')).toMatchObject({ status: 404 });
});

test('a file that is no workflow is refused with the place of the error', async () => {
  await world.workflow('wrong.yml', 'on: workflow_dispatch\njobs:\n  a:\n    runs-on: x\n    stepz: []\n');
  expect(await ask({}, 'wrong.yml')).toMatchObject({
    status: 422,
    data: expect.stringMatching(/wrong\.yml \(Line: 5, Col: 5\): Unexpected value 'stepz'/),
  });
});

test('inputs get their defaults and types, and the ref may be a tag', async () => {
  const { owner, repo, maintainer } = world;
  const sha = (await maintainer.rest.repos.getBranch({ owner, repo, branch: 'main' })).data.commit.sha;
  await maintainer.rest.git.createRef({ owner, repo, ref: 'refs/tags/v1', sha });
  const { data } = await ask({ ref: 'v1', inputs: { name: 'a', count: '3' }, return_run_details: true });
  const details = data as { workflow_run_id: number; run_url: string; html_url: string };
  const run = world.run(details.workflow_run_id);
  expect(run).toMatchObject({
    ref: 'refs/tags/v1',
    headSha: sha,
    inputs: { name: 'a', size: 'small', count: 3, dry: true },
    displayTitle: 'Typed',
  });
  expect(details).toEqual({
    workflow_run_id: run.id,
    run_url: `${world.forge.url}/api/v3/repos/acme/models/actions/runs/${run.id}`,
    html_url: `${world.forge.url}/acme/models/actions/runs/${run.id}`,
  });
});

test('without the details, and on an older server, the answer is empty', async () => {
  expect(await ask({ inputs: { name: 'a' } })).toMatchObject({ status: 204 });
  world.forge.setReturnRunDetails(false);
  expect(await ask({ inputs: { name: 'a' }, return_run_details: true })).toMatchObject({ status: 204 });
  world.forge.setReturnRunDetails(true);
});

test('who may not write to Actions may not dispatch', async () => {
  const { app, installationId, client } = world;
  const { data } = await app.rest.apps.createInstallationAccessToken({
    installation_id: installationId,
    permissions: { actions: 'read', contents: 'write' },
  });
  expect(await ask({ inputs: { name: 'a' } }, 'typed.yml', client(data.token))).toMatchObject({ status: 403 });
  expect(await ask({ inputs: { name: 'a' } }, 'typed.yml', world.stranger)).toMatchObject({ status: 403 });
  expect(await ask({ inputs: { name: 'a' } }, 'typed.yml', world.author)).toMatchObject({ status: 204 });
});

test('runs are found by what they are', async () => {
  const { owner, repo, installation } = world;
  const count = async (query: Record<string, string>): Promise<number> =>
    (await installation.rest.actions.listWorkflowRunsForRepo({ owner, repo, ...query })).data.total_count;
  const all = await count({});
  expect(all).toBe(4);
  expect(await count({ branch: 'v1' })).toBe(1);
  expect(await count({ event: 'push' })).toBe(0);
  expect(await count({ status: 'queued' })).toBe(all);
  expect(await count({ status: 'success' })).toBe(0);
  expect(await count({ actor: 'author' })).toBe(1);
  expect(await count({ created: `>=${new Date(Date.now() - 60_000).toISOString()}` })).toBe(all);
  expect(await count({ created: '2020-01-01..2020-12-31' })).toBe(0);
});

test('all of it was as GitHub describes it', () => {
  expect(world.watch.findings()).toEqual([]);
});
