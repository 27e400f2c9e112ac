/** What GitHub answers now and then, and a forge does not: answered by hand. */
import { describe, expect, test, vi } from 'vitest';
import { createActionsRunner } from '../../../src/adapters/runners/actions/create-actions-runner.ts';
import { createWorkflowRuns } from '../../../src/adapters/runners/actions/workflow-runs.ts';
import { AppError } from '../../../src/domain/errors.ts';
import type { PlacedJob } from '../../../src/ports/runner.ts';
import { sampleJob } from '../../contract/store.ts';
import { PLACE, REPOSITORY } from './actions-place.ts';

const RUN = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}';
const RUNS = 'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs';
const JOBS = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs';
const ANNOTATIONS = 'GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations';
const DISPATCH = 'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches';
const CANCEL = 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel';
const FORCE = 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/force-cancel';
const LOGS = 'GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs';

const failure = (status: number, message: string, headers: Record<string, string> = {}) =>
  Object.assign(new Error(message), { status, response: { headers } });

const run = (over: object = {}) => ({
  id: 7,
  html_url: 'https://github.invalid/runs/7',
  display_title: 'x',
  event: 'workflow_dispatch',
  path: '.github/workflows/sluice.yml@refs/heads/main',
  head_branch: 'main',
  head_sha: 'a',
  status: 'completed',
  conclusion: 'failure',
  created_at: '2026-01-01T00:00:00Z',
  repository: { id: 1, owner: { id: 2 } },
  ...over,
});

const job: PlacedJob = {
  ...sampleJob({ attempt: 1, repository: REPOSITORY }),
  place: PLACE,
  handle: { runId: 7, url: '', workflow: 'sluice.yml', runAttempt: 1 },
};
const { handle: _, ...unknown } = job;

/** Each route's answers in turn, the last one for ever. */
function answering(script: Record<string, (() => unknown) | unknown[]>) {
  const sent: string[] = [];
  const octokitFor = async () => ({
    async request(route: string) {
      sent.push(route);
      const answers = script[route] ?? [failure(404, 'Not Found')];
      const answer = typeof answers === 'function' ? answers() : answers.length > 1 ? answers.shift() : answers[0];
      if (answer instanceof Error) throw answer;
      return { status: 200, data: answer };
    },
  });
  const warnings: string[] = [];
  const runner = createActionsRunner({
    octokitFor,
    defaultBranch: async () => 'main',
    clock: { now: () => Date.now() },
    log: { warn: (__, message) => warnings.push(message) },
  });
  return { runner, sent, warnings, runs: createWorkflowRuns({ octokitFor }) };
}

describe('how a run ended', () => {
  const step = { name: 'Train', conclusion: 'failure' };
  const cases: [string, object, object[], string[], object][] = [
    ['it could not be started', { conclusion: 'startup_failure' }, [], [], { fault: 'infrastructure' }],
    [
      'it took too long, as another attempt would',
      { conclusion: 'timed_out' },
      [],
      [],
      { fault: 'job', reason: expect.stringMatching(/ran out of time.*timeout-minutes.*SLUICE_CHECKPOINT/s) },
    ],
    ['it was skipped', { conclusion: 'skipped' }, [], [], { fault: 'job', reason: expect.stringMatching(/skipped/) }],
    [
      'its machine was lost',
      {},
      [{ id: 9, name: 'a', status: 'completed', conclusion: 'failure', steps: [step] }],
      ['The self-hosted runner: gpu-1 lost communication with the server.'],
      { fault: 'infrastructure', reason: expect.stringMatching(/lost communication/) },
    ],
    [
      'its spot machine was taken away',
      {},
      [{ id: 9, name: 'a', status: 'completed', conclusion: 'failure', steps: [step] }],
      ['The runner has received a shutdown signal.'],
      { fault: 'infrastructure' },
    ],
    [
      'it took longer than the workflow allows, which GitHub calls cancelled',
      { conclusion: 'cancelled' },
      [{ id: 9, name: 'a', status: 'completed', conclusion: 'cancelled', steps: [] }],
      ['The job running on runner gpu-1 has exceeded the maximum execution time of 360 minutes.'],
      { fault: 'job', reason: expect.stringMatching(/360 minutes.*timeout-minutes/) },
    ],
    [
      'somebody cancelled it',
      { conclusion: 'cancelled' },
      [{ id: 9, name: 'a', status: 'completed', conclusion: 'cancelled', steps: [] }],
      ['The run was canceled by @owner.'],
      { fault: 'cancelled', reason: 'its run on GitHub was cancelled by owner (https://github.invalid/runs/7)' },
    ],
    [
      'no step of it failed',
      {},
      [{ id: 9, name: 'a', status: 'completed', conclusion: 'failure', steps: [] }],
      [],
      { fault: 'infrastructure' },
    ],
  ];
  test.each(cases)('%s', async (_name, over, jobs, messages, expected) => {
    const { runner } = answering({
      [RUN]: [run(over)],
      [JOBS]: [{ jobs }],
      [ANNOTATIONS]: [messages.map((message) => ({ message }))],
    });
    expect(await runner.status(job)).toMatchObject({ state: 'gone', ...expected });
  });

  test.each([
    [1, 'infrastructure'],
    [2, 'job'],
  ])('that took too long and whose progress attempt %i of it saved is the fault of %s', async (attempt, fault) => {
    const { runner } = answering({ [RUN]: [run({ conclusion: 'timed_out' })] });
    expect(await runner.status({ ...job, checkpoint: { files: [], attempt, at: 1 } })).toMatchObject({ fault });
  });

  test('is told without the annotations where they cannot be read', async () => {
    const { runner } = answering({
      [RUN]: [run()],
      [JOBS]: [{ jobs: [{ id: 9, name: 'a', status: 'completed', conclusion: 'failure', steps: [step] }] }],
      [ANNOTATIONS]: [failure(403, 'Resource not accessible by integration')],
    });
    expect(await runner.status(job)).toMatchObject({ fault: 'job', reason: expect.stringMatching(/“Train”/) });
  });

  test('nobody knows when somebody deleted it, or GitHub is away', async () => {
    expect(await answering({}).runner.status(job)).toMatchObject({ state: 'gone', fault: 'infrastructure' });
    const away = answering({ [RUN]: [failure(502, 'Bad Gateway')] }).runner.status(job);
    await expect(away).rejects.toMatchObject({ code: 'external/runner' });
  });

  test('it waits for an approval', async () => {
    const { runner } = answering({ [RUN]: [run({ status: 'waiting', conclusion: null })] });
    expect(await runner.status(job)).toMatchObject({ state: 'pending', waitingFor: expect.stringMatching(/approval/) });
  });
});

describe('a dispatch', () => {
  const submit = (answer: unknown) =>
    answering({ [RUNS]: [{ workflow_runs: [] }], [DISPATCH]: [answer] }).runner.submit(unknown as PlacedJob, {
      serverUrl: 'https://sluice.invalid',
      token: '',
    });

  const refusals: [string, Error, object][] = [
    ['Actions is off', failure(403, 'Actions is disabled for this repository'), { code: 'config/environment' }],
    [
      'the workflow is off',
      failure(422, "Cannot trigger a 'workflow_dispatch' on a disabled workflow"),
      { code: 'config/environment', message: expect.stringMatching(/Enable Actions/) },
    ],
    [
      'the app may not',
      failure(403, 'Resource not accessible by integration'),
      { code: 'permission/forbidden', message: expect.stringMatching(/Actions: write/) },
    ],
    [
      'there were too many',
      failure(403, 'You have exceeded a secondary rate limit', { 'retry-after': '60' }),
      { code: 'external/runner', retryAt: expect.any(Number) },
    ],
    ['GitHub is away', failure(503, 'Service Unavailable'), { code: 'external/runner' }],
    ['the network is', new TypeError('fetch failed'), { code: 'external/runner' }],
  ];
  test.each(refusals)('says when %s', async (_name, answer, expected) => {
    await expect(submit(answer)).rejects.toMatchObject(expected);
  });

  test('that shows no run of its name is not done again and again', async () => {
    vi.useFakeTimers();
    try {
      const refused = expect(submit({})).rejects.toMatchObject({
        code: 'config/environment',
        message: expect.stringMatching(/run-name: sluice \$\{\{ inputs\.job \}\}\.\$\{\{ inputs\.attempt \}\}/),
      });
      await vi.advanceTimersByTimeAsync(31_000);
      await refused;
    } finally {
      vi.useRealTimers();
    }
  });

  test('whose answer was lost is not done twice', async () => {
    const found = run({ display_title: `sluice ${job.id}.1`, status: 'queued', conclusion: null });
    const { runner, sent } = answering({
      [RUNS]: [{ workflow_runs: [] }, { workflow_runs: [run(), found] }],
      [DISPATCH]: [failure(500, 'Server Error')],
    });
    const access = { serverUrl: 'https://sluice.invalid', token: '' };
    await expect(runner.submit(unknown as PlacedJob, access)).rejects.toMatchObject({ code: 'external/runner' });
    expect(await runner.submit(unknown as PlacedJob, access)).toMatchObject({ handle: { runId: 7 } });
    expect(sent.filter((route) => route === DISPATCH)).toHaveLength(1);
  });
});

describe('cancelling', () => {
  test('asks harder when a run does not end, and does not wait for ever', async () => {
    const states = [run({ status: 'in_progress', conclusion: null })];
    let forced = false;
    const { runner, sent } = answering({
      [CANCEL]: [{}],
      [FORCE]: () => {
        forced = true;
        return {};
      },
      [RUN]: () => (forced ? run({ conclusion: 'cancelled' }) : states[0]),
    });
    vi.useFakeTimers();
    const cancelling = runner.cancel(job);
    await vi.advanceTimersByTimeAsync(30_000);
    vi.useRealTimers();
    await cancelling;
    expect(sent.filter((route) => route === FORCE)).toHaveLength(1);
    expect(sent.length).toBeLessThan(15);
  });

  test('a run that is over or deleted is nothing', async () => {
    for (const status of [404, 409]) {
      const { runner, sent } = answering({
        [CANCEL]: [failure(status, 'Cannot cancel a workflow run that is completed.')],
      });
      await runner.cancel(job);
      expect(sent).toEqual([CANCEL]);
    }
  });

  test('where the app was removed does not keep the job from its end', async () => {
    const warnings: string[] = [];
    const runner = createActionsRunner({
      octokitFor: async () => {
        throw new AppError('conflict/not-found', 'the app is not installed on acme/flights');
      },
      defaultBranch: async () => 'main',
      clock: { now: () => 1 },
      log: { warn: (__, message) => warnings.push(message) },
    });
    await runner.cancel(job);
    expect(warnings).toHaveLength(1);
    const away = answering({ [CANCEL]: [failure(503, 'Service Unavailable')] });
    await expect(away.runner.cancel(job)).rejects.toMatchObject({ code: 'external/runner' });
  });
});

test('logs come without GitHub’s timestamps, as bytes too, the newest 200 lines', async () => {
  const text = Array.from({ length: 300 }, (__, line) => `2026-11-21T06:00:00.1234567Z line ${line}\r\n`).join('');
  const bytes = new TextEncoder().encode(`\uFEFF${text}`).buffer;
  const { runner } = answering({ [JOBS]: [{ jobs: [{ id: 9 }] }], [LOGS]: [bytes] });
  const lines = await runner.logs(job);
  expect(lines).toHaveLength(200);
  expect([lines[0], lines.at(-1)]).toEqual(['line 100', 'line 299']);
  const short = answering({ [JOBS]: [{ jobs: [{ id: 9 }] }], [LOGS]: ['\uFEFF2026-11-21T06:00:00.1234567Z one\n'] });
  expect(await short.runner.logs(job)).toEqual(['one']);
});

test('a run is looked at as GitHub has it', async () => {
  expect(await answering({ [RUN]: [run()] }).runs.find(REPOSITORY, 7)).toEqual({
    id: 7,
    url: 'https://github.invalid/runs/7',
    title: 'x',
    event: 'workflow_dispatch',
    path: '.github/workflows/sluice.yml',
    branch: 'main',
    headSha: 'a',
    attempt: 1,
    status: 'completed',
    conclusion: 'failure',
    startedAt: Date.parse('2026-01-01T00:00:00Z'),
    repositoryId: 1,
    ownerId: 2,
  });
  expect(await answering({}).runs.find(REPOSITORY, 7)).toBeUndefined();
});

test('reaping a busy repository looks for older runs, too', async () => {
  const theirs = Array.from({ length: 100 }, (__, id) => run({ id: id + 100 }));
  const orphan = run({ id: 5, display_title: `sluice ${job.id}.1`, status: 'queued', conclusion: null });
  const { runner, sent } = answering({
    [RUNS]: [{ workflow_runs: theirs }, { workflow_runs: [orphan] }],
    [CANCEL]: [failure(409, 'Cannot cancel a workflow run that is completed.')],
  });
  expect(await runner.reap(async () => [], [{ repository: REPOSITORY, spec: PLACE }])).toBe(1);
  expect(sent.filter((route) => route === CANCEL)).toHaveLength(1);
});
