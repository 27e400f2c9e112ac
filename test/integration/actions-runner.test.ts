/**
 * Training in runs of GitHub Actions, with the workflow that `sluice init` writes and the bundled action in it: dispatch,
 * identity token, agent API, check, with real processes over HTTP.
 */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workflowText } from '../../src/cli/commands/init-workflow.ts';
import { until } from '../../src/cli/demo/until.ts';
import { attemptOfTitle } from '../../src/domain/jobs/actions-run.ts';
import { ROOT, sluiceProgram } from '../actions/action-process.ts';
import { type Files, pick, readFixture } from '../e2e/harness/fixture.ts';
import { type CheckRun, createPeople, type People } from '../e2e/harness/people.ts';
import { type ServerInside, startServerInside } from '../e2e/harness/server-inside.ts';
import { NAME, REPO, startWorld, type TestWorld } from '../e2e/harness/start-world.ts';
import { watchContract } from '../forge/openapi/watch-contract.ts';

const MODEL = 'models/bought/model.yaml';
const ofBase = (file: string): boolean => !/^(models|deployments|monitors)\//.test(file);
const LABELS = ['self-hosted', 'gpu'];
const PIN = { repository: 'sluice-ml/sluice', commit: 'c'.repeat(40), version: '0.1.0' };
const USES = `sluice-ml/sluice/actions/train@${PIN.commit}`;

describe.sequential('training on GitHub Actions', { timeout: 120_000 }, () => {
  const watch = watchContract();
  let world: TestWorld;
  let server: ServerInside;
  let people: People;
  let tiny: Files;
  let pull = { number: 0, head: '' };

  beforeAll(async () => {
    tiny = await readFixture('tiny');
    const base = pick(tiny, ofBase);
    const gpu = `gpu: { type: actions, workflow: sluice-train.yml, runsOn: [${LABELS}], startWithin: 100ms }`;
    world = await startWorld({
      ...base,
      'sluice.yaml': base['sluice.yaml']!.replace('local: { type: local }', gpu),
      '.github/workflows/sluice-train.yml': workflowText(PIN),
    });
    world.forge.provideAction({ name: PIN.repository, folder: ROOT });
    world.forge.onResponse(watch.onExchange);
    world.forge.onDelivery(watch.onDelivery);
    server = await startServerInside(world);
    people = createPeople(world);
    world.forge.installApp('shop', [NAME]);
  });
  afterAll(async () => {
    await server?.stop();
    await world?.close();
  });

  const model = (change: (text: string) => string = (text) => text): Files => ({
    [MODEL]: change(tiny[MODEL]!.replace('runner: local', 'runner: gpu')),
  });
  const train = (good?: (run: CheckRun) => boolean) => people.check(pull.head, 'sluice/train: bought', good, 100);
  const runs = async () =>
    (await world.people.owner.rest.actions.listWorkflowRunsForRepo({ ...REPO })).data.workflow_runs;
  /** Of the newest run, as the server keys it. */
  const newestJob = async () => attemptOfTitle((await runs())[0]!.display_title)!;

  it('says on the check that no runner with the labels takes it', async () => {
    pull = await people.openPull('first-model', model());
    await until('the run', 30, async () => (await runs())[0]);
    const { id } = await newestJob();
    const waiting = await until('the reason', 30, async () => {
      await server.nudge(`job:${id}`);
      const run = (await people.checks(pull.head)).find(({ name }) => name === 'sluice/train: bought');
      return `${run?.output.title} ${run?.output.summary}`.includes('no runner') ? run : undefined;
    });
    expect(waiting.status).toBe('queued');
    expect(`${waiting.output.title} ${waiting.output.summary}`).toContain('no runner with the labels self-hosted, gpu');
  });

  it('trains and evaluates there once there is one, with nothing but the run’s identity', async () => {
    const bin = await sluiceProgram(world.folder);
    const env = { PATH: [bin, process.env.PATH].join(path.delimiter), SLUICE_DATA_ROOT: world.folder };
    world.forge.registerRunner({ name: 'gpu-1', labels: LABELS, env });
    expect((await train()).conclusion).toBe('success');
    expect((await people.check(pull.head, 'sluice/evaluate: bought')).conclusion).toBe('success');
    await people.gate(pull.head, 'action_required');
    const all = await runs();
    expect(all.map(({ event, actor, head_branch }) => [event, actor?.login, head_branch])).toEqual(
      Array(2).fill(['workflow_dispatch', 'sluice[bot]', 'main']),
    );
    await until(
      'both runs to end well',
      60,
      async () => (await runs()).every((run) => run.conclusion === 'success') || undefined,
    );
  });

  it('is cancelled by who cancels the run on GitHub, and stays so', async () => {
    const slow = model((text) => text.replace('learningRate: 0.5, pauseMs: 0', 'learningRate: 0.4, pauseMs: 100'));
    pull = await people.openPull('slow', slow);
    await train((run) => run.status === 'in_progress' && /step \d+/.test(run.output.title ?? ''));
    const [run] = await runs();
    await world.people.author.rest.actions.cancelWorkflowRun({ ...REPO, run_id: run!.id });
    const cancelled = await train((check) => check.status === 'completed');
    expect(cancelled.conclusion).toBe('cancelled');
    const gate = await people.gate(pull.head, 'action_required');
    expect(gate.output.summary).toContain('/retrain');
    expect(await runs()).toHaveLength(3);
  });

  it('goes on when somebody runs the run again on GitHub', async () => {
    const [run] = await runs();
    await world.people.author.rest.actions.reRunWorkflow({ ...REPO, run_id: run!.id });
    const trained = await train((check) => check.conclusion === 'success');
    expect(trained.conclusion).toBe('success');
    // the check has its answer a moment before the run's last step is over
    const again = await until('the second attempt to end', 30, async () =>
      (await runs()).find(({ id, status }) => id === run!.id && status === 'completed'),
    );
    expect(again).toMatchObject({ run_attempt: 2, conclusion: 'success' });
  });

  it('fails the run of a training that fails, and says where to look', async () => {
    pull = await people.openPull(
      'broken',
      model((text) => text.replace('node, lib/train.mjs', 'node, lib/nowhere.mjs')),
    );
    expect((await train((check) => check.conclusion === 'failure')).conclusion).toBe('failure');
    const [run] = await until('the run to end', 30, async () => {
      const all = await runs();
      return all[0]!.status === 'completed' ? all : undefined;
    });
    const { actions } = world.people.owner.rest;
    const [job] = (await actions.listJobsForWorkflowRun({ ...REPO, run_id: run!.id })).data.jobs;
    expect(job!.steps!.find(({ name }) => name.includes(USES))).toMatchObject({ conclusion: 'failure' });
    const log = String((await actions.downloadJobLogsForWorkflowRun({ ...REPO, job_id: job!.id })).data);
    expect(log).toMatch(/##\[error\]Job [0-9a-f-]+\.1 failed: the check on the pull request says why/);
  });

  it('speaks GitHub’s API in every request, answer and webhook', async () => {
    await world.forge.idle();
    expect(watch.findings()).toEqual([]);
    for (const event of ['workflow_run.requested', 'workflow_run.completed', 'workflow_job.queued'])
      expect(watch.seen.webhooks).toContain(event);
  });
});
