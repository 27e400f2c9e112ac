import { afterAll, beforeAll, expect, test } from 'vitest';
import { restRoutes } from '../../src/forge/rest/routes.ts';
import { watchContract } from './openapi/watch-contract.ts';
import { driveActions } from './scenario/drive-actions.ts';
import { driveApp, driveRefusals } from './scenario/drive-app.ts';
import { driveChecks, driveDelivery } from './scenario/drive-checks.ts';
import { driveCode, pushWithGit } from './scenario/drive-code.ts';
import { driveIssues, drivePull } from './scenario/drive-discussion.ts';
import { type ForgeWorld, startForgeWorld } from './scenario/forge-world.ts';

const watch = watchContract();
const answered = new Set<string>();
let world: ForgeWorld;

beforeAll(async () => {
  world = await startForgeWorld();
  world.forge.onResponse((exchange) => {
    watch.onExchange(exchange);
    if (exchange.status < 400) answered.add(`${exchange.method} ${exchange.route}`);
  });
  world.forge.onDelivery(watch.onDelivery);
});

afterAll(() => world?.close());

const quiet = async (): Promise<string[]> => {
  await world.forge.idle();
  return watch.findings();
};

test("code: git's objects, refs, contents and commits are as GitHub describes them", async () => {
  await driveCode(world);
  expect(await quiet()).toEqual([]);
});

test('issues, labels, comments and reactions are as GitHub describes them', async () => {
  await driveIssues(world);
  expect(await quiet()).toEqual([]);
});

test('a pull request from push to merge is as GitHub describes it', async () => {
  await drivePull(world);
  expect(await quiet()).toEqual([]);
});

test('checks, annotations, buttons and suites are as GitHub describes them', async () => {
  const sha = await pushWithGit(world, 'topic/checked', { 'models/delay.yaml': 'epochs: 80\n' });
  await driveChecks(world, sha);
  expect(await quiet()).toEqual([]);
});

test('releases and deployments are as GitHub describes them', async () => {
  await driveDelivery(world);
  expect(await quiet()).toEqual([]);
});

test('workflows, runs, jobs, logs and artifacts are as GitHub describes them', async () => {
  await driveActions(world);
  expect(await quiet()).toEqual([]);
});

test('the app, its installations, its deliveries and people are as GitHub describes them', async () => {
  await driveApp(world);
  expect(await quiet()).toEqual([]);
});

test('refusals have the status and shape of GitHub', async () => {
  expect(await driveRefusals(world)).toEqual([401, 401, 404, 403, 422, 422, 401]);
  expect(await quiet()).toEqual([]);
});

test('every route of the forge was judged by an answer that was not a refusal', () => {
  expect(restRoutes.map((route) => `${route.method} ${route.pattern}`).filter((route) => !answered.has(route))).toEqual(
    [],
  );
});

test('webhooks of every kind that a pull request, an issue and a deployment cause were judged', () => {
  const expected = (
    'push create delete pull_request.opened pull_request.edited pull_request.labeled pull_request.closed pull_request.reopened ' +
    'issues.opened issues.edited issues.labeled issues.unlabeled issues.closed issues.reopened issue_comment.created ' +
    'issue_comment.edited issue_comment.deleted check_suite.requested check_suite.completed check_run.created check_run.completed ' +
    'check_run.requested_action check_run.rerequested deployment.created deployment_status.created release.published ' +
    'workflow_run.requested workflow_run.in_progress workflow_run.completed workflow_job.queued workflow_job.in_progress workflow_job.completed'
  ).split(' ');
  expect([...watch.seen.webhooks]).toEqual(expect.arrayContaining(expected));
});
