/** What users have: the workflow that `sluice init` writes, with the bundled action in it, from pull request to check. */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workflowText } from '../../src/cli/commands/init-workflow.ts';
import { until } from '../../src/cli/demo/until.ts';
import { type Files, pick, readFixture } from '../e2e/harness/fixture.ts';
import { createPeople, type People } from '../e2e/harness/people.ts';
import { type ServerInside, startServerInside } from '../e2e/harness/server-inside.ts';
import { NAME, REPO, startWorld, type TestWorld } from '../e2e/harness/start-world.ts';
import { ROOT, sluiceProgram } from './action-process.ts';

const MODEL = 'models/bought/model.yaml';
const PIN = { repository: 'sluice-ml/sluice', commit: 'c'.repeat(40), version: '0.1.0' };
const USES = `sluice-ml/sluice/actions/train@${PIN.commit}`;

describe.sequential('the workflow that sluice init writes', { timeout: 180_000 }, () => {
  let world: TestWorld;
  let server: ServerInside;
  let people: People;
  let tiny: Files;

  beforeAll(async () => {
    tiny = await readFixture('tiny');
    const base = pick(tiny, (file) => !/^(models|deployments|monitors)\//.test(file));
    const gpu = 'gpu: { type: actions, workflow: sluice-train.yml, runsOn: [self-hosted, gpu] }';
    world = await startWorld({
      ...base,
      'sluice.yaml': base['sluice.yaml']!.replace('local: { type: local }', gpu),
      '.github/workflows/sluice-train.yml': workflowText(PIN),
    });
    world.forge.provideAction({ name: PIN.repository, folder: ROOT });
    const bin = await sluiceProgram(world.folder);
    const env = { PATH: [bin, process.env.PATH].join(path.delimiter), SLUICE_DATA_ROOT: world.folder };
    world.forge.registerRunner({ name: 'gpu-1', labels: ['self-hosted', 'gpu'], env });
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

  /** The newest run with what its one job did and said, once the run is over. */
  async function newest() {
    const actions = world.people.owner.rest.actions;
    const run = await until('the run to end', 90, async () => {
      const { data } = await actions.listWorkflowRunsForRepo(REPO);
      return data.workflow_runs[0]?.status === 'completed' ? data.workflow_runs[0] : undefined;
    });
    const [job] = (await actions.listJobsForWorkflowRun({ ...REPO, run_id: run.id })).data.jobs;
    const log = await actions.downloadJobLogsForWorkflowRun({ ...REPO, job_id: job!.id });
    const step = job!.steps!.find(({ name }) => name.includes(USES));
    return { conclusion: run.conclusion, step: step?.conclusion, log: String(log.data) };
  }

  it('trains and evaluates a model of a pull request', async () => {
    const { head } = await people.openPull('first-model', model());
    const trained = await people.check(head, 'sluice/train: bought');
    expect(trained.conclusion, `${trained.output.title}\n${trained.output.summary}`).toBe('success');
    expect((await people.check(head, 'sluice/evaluate: bought')).conclusion).toBe('success');
    const { conclusion, step, log } = await newest();
    expect({ conclusion, step }, log).toEqual({ conclusion: 'success', step: 'success' });
    expect(log).toMatch(/\bsucceeded$/m);
  });

  it('fails the run of a training that fails', async () => {
    const broken = model((text) => text.replace('node, lib/train.mjs', 'node, lib/nowhere.mjs'));
    const { head } = await people.openPull('broken', broken);
    expect((await people.check(head, 'sluice/train: bought')).conclusion).toBe('failure');
    const { conclusion, step, log } = await newest();
    expect({ conclusion, step }, log).toEqual({ conclusion: 'failure', step: 'failure' });
    expect(log).toMatch(/##\[error\]Job [0-9a-f-]+\.1 failed: the check on the pull request says why/);
  });
});
