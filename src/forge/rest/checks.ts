import { emitCheckRun, findCheckRun, findCheckSuite, rerequestRun } from '../actions/check-runs.ts';
import { ensureCheckSuite, noticeCompletedSuite, rerequestSuite } from '../actions/check-suites.ts';
import { readCommit } from '../git/commits.ts';
import { resolveCommit } from '../git/refs.ts';
import { integer, requiredText } from '../http/input.ts';
import { listReply } from '../http/paginate.ts';
import { created, ok, type Reply, type RepositoryCall, type Route, reads, writes } from '../http/route.ts';
import { HttpError } from '../http-error.ts';
import { annotationObject, checkRunObject, checkSuiteObject } from '../objects/check.ts';
import type { CheckRun, CheckSuite } from '../state.ts';
import { memoize, nextId } from '../world.ts';
import { newRun, runAfter } from './check-run-input.ts';
import { doerOf } from './doer.ts';

const show = (call: RepositoryCall, run: CheckRun) => checkRunObject(call.world, call.repository, run);
const runOf = (call: RepositoryCall): CheckRun => findCheckRun(call.repository, integer(call.params.id, 0));
const suiteOf = (call: RepositoryCall): CheckSuite => findCheckSuite(call.repository, integer(call.params.id, 0));

const tellOf = async (call: RepositoryCall, run: CheckRun, wasCompleted: boolean, fresh: boolean): Promise<void> => {
  const { login } = doerOf(call);
  if (fresh) emitCheckRun(call.world, call.repository, run, 'created', login);
  if (run.status !== 'completed' || wasCompleted) return;
  emitCheckRun(call.world, call.repository, run, 'completed', login);
  await noticeCompletedSuite(call.world, call.repository, run.suiteId, login);
};

const create = async (call: RepositoryCall): Promise<Reply> => {
  const { world, repository, body } = call;
  const fields = runAfter(newRun(body), body);
  const sha = requiredText(body, 'head_sha', 'CheckRun');
  const commit = await memoize(world, `exists ${repository.id} ${sha}`, async () => {
    const found = /^[0-9a-f]{40}$/.test(sha) ? await readCommit(repository.gitDir, sha) : undefined;
    if (!found) throw new HttpError(422, `No commit found for SHA: ${sha}`);
    return found;
  });
  const branch = repository.issues.find((issue) => issue.pull?.headSha === commit.sha)?.pull?.headRef;
  const suite = await ensureCheckSuite(world, repository, { sha, before: undefined, branch, sender: undefined });
  if (!suite) throw new HttpError(403, 'Resource not accessible by integration');
  const run: CheckRun = { id: nextId(world), suiteId: suite.id, headSha: sha, ...fields };
  repository.checkRuns.push(run);
  await tellOf(call, run, false, true);
  return created(show(call, run));
};

const update = async (call: RepositoryCall): Promise<Reply> => {
  const run = runOf(call);
  const wasCompleted = run.status === 'completed';
  Object.assign(run, runAfter(run, call.body));
  await tellOf(call, run, wasCompleted, false);
  return ok(show(call, run));
};

/** `filter=latest` (GitHub's default) keeps the newest run of each name. */
const selected = (call: RepositoryCall, runs: CheckRun[]): CheckRun[] => {
  const { query, world } = call;
  const appId = query.get('app_id');
  if (appId && Number(appId) !== world.state.app.id) return [];
  const name = query.get('check_name');
  const status = query.get('status');
  const named = runs.filter((run) => !name || run.name === name);
  const newestFirst = [...named].reverse();
  const latest = newestFirst.filter((run, at) => newestFirst.findIndex((each) => each.name === run.name) === at);
  const kept = query.get('filter') === 'all' ? newestFirst : latest;
  return kept.filter((run) => !status || run.status === status);
};

const listRuns = (call: RepositoryCall, runs: CheckRun[]): Promise<Reply> => {
  const all = selected(call, runs);
  const wrap = (items: unknown[]) => ({ total_count: all.length, check_runs: items });
  return listReply(call, all, (run) => show(call, run), wrap);
};

const shaOf = async (call: RepositoryCall): Promise<string> => {
  const sha = await resolveCommit(call.repository.gitDir, call.params.ref ?? '');
  if (!sha) throw new HttpError(422, `No commit found for SHA: ${call.params.ref}`);
  return sha;
};

const listForRef = async (call: RepositoryCall): Promise<Reply> => {
  const sha = await shaOf(call);
  const runs = call.repository.checkRuns.filter((run) => run.headSha === sha);
  return listRuns(call, runs);
};

const listSuites = async (call: RepositoryCall): Promise<Reply> => {
  const sha = await shaOf(call);
  const appId = call.query.get('app_id');
  const suites = call.repository.checkSuites.filter(
    (suite) => suite.headSha === sha && (!appId || Number(appId) === call.world.state.app.id),
  );
  const wrap = (items: unknown[]) => ({ total_count: suites.length, check_suites: items });
  return listReply(call, suites, (suite) => checkSuiteObject(call.world, call.repository, suite), wrap);
};

const createSuite = async (call: RepositoryCall): Promise<Reply> => {
  const sha = requiredText(call.body, 'head_sha', 'CheckSuite');
  const known = call.repository.checkSuites.some((suite) => suite.headSha === sha);
  const commit = { sha, before: undefined, branch: undefined, sender: doerOf(call).login };
  const suite = await ensureCheckSuite(call.world, call.repository, commit);
  if (!suite) throw new HttpError(403, 'Resource not accessible by integration');
  return { status: known ? 200 : 201, body: await checkSuiteObject(call.world, call.repository, suite) };
};

const base = '/repos/:owner/:repo';
const read = reads('checks');
const write = writes(undefined, 'checks');

export const checkRoutes: Route[] = [
  { method: 'POST', pattern: `${base}/check-runs`, access: write, handle: create },
  { method: 'GET', pattern: `${base}/check-runs/:id`, access: read, handle: (call) => ok(show(call, runOf(call))) },
  { method: 'PATCH', pattern: `${base}/check-runs/:id`, access: write, handle: update },
  {
    method: 'GET',
    pattern: `${base}/check-runs/:id/annotations`,
    access: read,
    handle: (call) => {
      const run = runOf(call);
      return listReply(call, run.output.annotations, (each) =>
        annotationObject(call.world, call.repository, run, each),
      );
    },
  },
  {
    method: 'POST',
    pattern: `${base}/check-runs/:id/rerequest`,
    access: writes('write', 'checks'),
    handle: (call) => {
      rerequestRun(call.world, call.repository, runOf(call), doerOf(call).login);
      return created({});
    },
  },
  { method: 'GET', pattern: `${base}/commits/:ref*/check-runs`, access: read, handle: listForRef },
  { method: 'GET', pattern: `${base}/commits/:ref*/check-suites`, access: read, handle: listSuites },
  { method: 'POST', pattern: `${base}/check-suites`, access: write, handle: createSuite },
  {
    method: 'GET',
    pattern: `${base}/check-suites/:id`,
    access: read,
    handle: async (call) => ok(await checkSuiteObject(call.world, call.repository, suiteOf(call))),
  },
  {
    method: 'GET',
    pattern: `${base}/check-suites/:id/check-runs`,
    access: read,
    handle: (call) => {
      const suite = suiteOf(call);
      return listRuns(
        call,
        call.repository.checkRuns.filter((run) => run.suiteId === suite.id),
      );
    },
  },
  {
    method: 'POST',
    pattern: `${base}/check-suites/:id/rerequest`,
    access: writes('write', 'checks'),
    handle: async (call) => {
      await rerequestSuite(call.world, call.repository, suiteOf(call), doerOf(call).login);
      return created({});
    },
  },
];
