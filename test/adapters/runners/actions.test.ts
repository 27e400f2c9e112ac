import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PlacedJob } from '../../../src/ports/runner.ts';
import { runnerContract } from '../../contract/runner.ts';
import { sampleJob } from '../../contract/store.ts';
import { PLACE, REPOSITORY } from './actions-place.ts';
import { workflowFile } from './actions-workflow.ts';
import { type ActionsWorld, openActionsWorld } from './actions-world.ts';

const SERVER = 'https://sluice.invalid';

runnerContract('The Actions runner', async () => {
  const printed = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  const world = await openActionsWorld({
    run: `echo "started; about to wait"; touch "${printed}/$GITHUB_RUN_ID"; exec sleep 600`,
    machines: 3,
  });
  return {
    runner: world.runner,
    place: PLACE,
    repository: REPOSITORY,
    access: { serverUrl: SERVER, token: 'never sent' },
    count: async () => world.runs().filter(({ status }) => status !== 'completed').length,
    async crash({ handle }) {
      const { runnerName } = world.jobOf(handle);
      await world.forge.unregisterRunner(runnerName!);
      world.forge.registerRunner({ name: `${runnerName}-again`, labels: PLACE.runsOn });
    },
    // GitHub keeps the log of a job to itself until the job has ended
    async endToRead(job) {
      const { runId } = job.handle as { runId: number };
      await expect.poll(() => existsSync(path.join(printed, String(runId))), { timeout: 20_000 }).toBe(true);
      await world.runner.cancel(job);
    },
    async close() {
      expect(world.complaints).toEqual([]);
      await world.close();
      await rm(printed, { recursive: true });
    },
  };
});

describe('the Actions runner', () => {
  let world: ActionsWorld;
  beforeAll(async () => {
    world = await openActionsWorld();
  });
  afterAll(() => world.close());

  const placed = (over: Partial<PlacedJob> = {}): PlacedJob => ({
    ...sampleJob({ attempt: 1, repository: REPOSITORY, runner: PLACE.name }),
    place: PLACE,
    ...over,
  });
  async function submitted(over: Partial<PlacedJob> = {}): Promise<PlacedJob> {
    const job = placed(over);
    return { ...job, ...(await world.runner.submit(job, { serverUrl: SERVER, token: 'never sent' })) };
  }
  const nowhere = { place: { ...PLACE, runsOn: ['self-hosted', 'tpu'] } };
  const is = (job: PlacedJob, status: string) =>
    expect.poll(() => world.runOf(job.handle).status, { timeout: 20_000 }).toBe(status);

  test('tells the run which job it is for, and no secret', async () => {
    const job = await submitted(nowhere);
    const run = world.runOf(job.handle);
    expect(run).toMatchObject({
      displayTitle: `sluice ${job.id}.1`,
      ref: 'refs/heads/main',
      event: 'workflow_dispatch',
      inputs: { job: job.id, attempt: '1', server: SERVER, sha: job.sha, runs_on: '["self-hosted","tpu"]' },
    });
    expect(JSON.stringify(run)).not.toContain('never sent');
    expect(job.handle).toEqual({
      runId: run.id,
      url: `${world.forge.url}/acme/flights/actions/runs/${run.id}`,
      workflow: 'sluice.yml',
      runAttempt: 1,
    });
    await world.runner.cancel(job);
  });

  test('finds the run on servers that do not say which it is', async () => {
    world.forge.setReturnRunDetails(false);
    const job = await submitted(nowhere);
    world.forge.setReturnRunDetails(true);
    expect(world.runOf(job.handle).displayTitle).toBe(`sluice ${job.id}.1`);
    await world.runner.cancel(job);
  });

  test('says for how long no runner with the labels has taken it', async () => {
    const job = await submitted(nowhere);
    expect(await world.runner.status(job)).toEqual({ state: 'pending', waitingFor: 'queued on GitHub' });
    world.time.shift = 12 * 60_000;
    expect(await world.runner.status(job)).toEqual({
      state: 'pending',
      waitingFor: 'no runner with the labels self-hosted, tpu has taken it for 12 min',
    });
    world.time.shift = 0;
    await world.runner.cancel(job);
  });

  test('asks GitHub once to see that a run waits or runs', async () => {
    const waiting = await submitted(nowhere);
    const running = await submitted();
    await is(running, 'in_progress');
    world.sent.length = 0;
    expect((await world.runner.status(waiting)).state).toBe('pending');
    expect((await world.runner.status({ ...running, agent: randomUUID() })).state).toBe('running');
    expect(await world.runner.status(running)).toEqual({
      state: 'pending',
      waitingFor: 'its run on GitHub is getting ready',
    });
    expect(world.sent).toEqual(Array(3).fill('GET /repos/{owner}/{repo}/actions/runs/{run_id}'));
    await Promise.all([waiting, running].map(world.runner.cancel));
  });

  test('tells what ended on GitHub from what failed there', async () => {
    await world.write({
      '.github/workflows/failing.yml': workflowFile('exit 3').replace('name: Train', 'name: Set up'),
    });
    const failing = { place: { ...PLACE, workflow: 'failing.yml' } };
    const failed = await submitted(failing);
    await is(failed, 'completed');
    const url = world.runOf(failed.handle).id;
    expect(await world.runner.status(failed)).toEqual({
      state: 'gone',
      fault: 'job',
      reason: `its run on GitHub failed at step “Set up” before the agent could start (${world.forge.url}/acme/flights/actions/runs/${url})`,
    });
    // its agent had been there: that it is gone is nobody's fault
    expect(await world.runner.status({ ...failed, agent: randomUUID() })).toMatchObject({ fault: 'infrastructure' });

    const lost = await submitted();
    await is(lost, 'in_progress');
    await world.forge.unregisterRunner('machine-1');
    await is(lost, 'completed');
    world.forge.registerRunner({ name: 'machine-1', labels: PLACE.runsOn });
    expect(await world.runner.status(lost)).toMatchObject({ fault: 'infrastructure' });

    const cancelled = await submitted(nowhere);
    await world.runner.cancel(cancelled);
    expect(await world.runner.status(cancelled)).toMatchObject({
      state: 'gone',
      fault: 'cancelled',
      reason: expect.stringMatching(/was cancelled/),
    });

    await world.write({ '.github/workflows/empty.yml': workflowFile('true') });
    const empty = await submitted({ place: { ...PLACE, workflow: 'empty.yml' } });
    await is(empty, 'completed');
    expect(await world.runner.status(empty)).toMatchObject({
      fault: 'job',
      reason: expect.stringMatching(/without starting an agent: `sluice init --runner actions`/),
    });
  });

  test('says what to do about a workflow that cannot be dispatched', async () => {
    const submit = (workflow: string) => submitted({ place: { ...PLACE, workflow } });
    await expect(submit('missing.yml')).rejects.toMatchObject({
      code: 'config/environment',
      message: expect.stringMatching(/no \.github\/workflows\/missing\.yml .*`sluice init --runner actions`/),
    });
    await world.write({
      '.github/workflows/push.yml': 'on: push\njobs: { a: { runs-on: nowhere, steps: [{ run: "true" }] } }\n',
      '.github/workflows/inputs.yml':
        'on: { workflow_dispatch: {} }\njobs: { a: { runs-on: nowhere, steps: [{ run: "true" }] } }\n',
    });
    await expect(submit('push.yml')).rejects.toMatchObject({
      code: 'config/environment',
      message: expect.stringMatching(/no trigger workflow_dispatch; `sluice init --runner actions`/),
    });
    await expect(submit('inputs.yml')).rejects.toMatchObject({
      code: 'config/environment',
      message: expect.stringMatching(/needs the inputs job, attempt, server, sha and runs_on/),
    });
  });

  test('leaves alone what is not ours, and what somebody runs again, for a while', async () => {
    const stranger = await world.client();
    await world.write({
      '.github/workflows/named.yml': workflowFile('sleep 600').replace(/run-name: .*/, 'run-name: theirs'),
    });
    const inputs = { job: 'x', attempt: '1', server: 'x', sha: 'x', runs_on: '["nowhere"]' };
    await stranger.request('POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches', {
      owner: 'acme',
      repo: 'flights',
      workflow_id: 'named.yml',
      ref: 'main',
      inputs,
    });
    const place = { repository: REPOSITORY, spec: { ...PLACE, workflow: 'named.yml' } as const };
    expect(await world.runner.reap(async () => [], [place])).toBe(0);

    const job = await submitted();
    await is(job, 'in_progress');
    await world.runner.cancel(job);
    await stranger.request('POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun', {
      owner: 'acme',
      repo: 'flights',
      run_id: world.runOf(job.handle).id,
    });
    await is(job, 'in_progress');
    const ours = { repository: REPOSITORY, spec: PLACE };
    expect(await world.runner.reap(async () => [], [ours])).toBe(0);
    world.time.shift = 20 * 60_000;
    const revived = { ...job, attempt: 2, handle: { ...(job.handle as object), runAttempt: 2 } };
    expect(await world.runner.reap(async () => [revived], [ours])).toBe(0);
    expect(await world.runner.reap(async () => [], [ours, ours])).toBe(1);
    world.time.shift = 0;
  });

  test('leaves the runs of another server that uses the same workflow', async () => {
    const job = await submitted(nowhere);
    const place = { repository: REPOSITORY, spec: PLACE };
    const reapAs = (login: string) => {
      world.app.login = login;
      return world.runner.reap(async () => [], [place]);
    };
    expect(await reapAs('sluice-staging[bot]')).toBe(0);
    expect(await reapAs('sluice[bot]')).toBe(1);
    expect(world.runOf(job.handle).status).toBe('completed');
  });

  test('one place that cannot be reached does not keep the others from being reaped', async () => {
    const job = await submitted(nowhere);
    const gone = { repository: 'acme/gone', spec: PLACE };
    expect(await world.runner.reap(async () => [], [gone, { repository: REPOSITORY, spec: PLACE }])).toBe(1);
    expect(world.runOf(job.handle).status).toBe('completed');
  });

  test('speaks GitHub’s API', () => {
    expect(world.complaints).toEqual([]);
  });
});
