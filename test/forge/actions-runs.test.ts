import { readFile } from 'node:fs/promises';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ActionsWorld, folderWith, liveInGroup, startActionsWorld } from './scenario/actions-world.ts';
import { waitFor } from './scenario/wait-for.ts';

let world: ActionsWorld;

beforeAll(async () => {
  world = await startActionsWorld();
});

afterAll(() => world?.close());

const head = (runsOn = '[self-hosted, gpu]', extra = ''): string => `
on:
  workflow_dispatch:
    inputs:
      job: { required: true, type: string }
      epochs: { type: number, default: 3 }
${extra}
jobs:
  train:
    runs-on: ${runsOn}
    steps:
`;

test('a dispatched workflow runs its steps as processes, in the checkout, with outputs and environment', async () => {
  const sha = await world.workflow(
    'train.yml',
    `name: Train
run-name: "Train \${{ inputs.job }}"
env: { LEVEL: workflow }${head()}
      - uses: actions/checkout@v4
      - id: first
        run: |
          echo "answer=42" >> "$GITHUB_OUTPUT"
          echo "LATER=from the file" >> "$GITHUB_ENV"
          echo "level $LEVEL job \${{ inputs.job }} epochs \${{ inputs.epochs }}"
          test "$GITHUB_SHA" = "$(git rev-parse HEAD)"
          cat models/delay.yaml
      - name: Second
        env: { LEVEL: step }
        run: echo "answer \${{ steps.first.outputs.answer }} later $LATER level $LEVEL of $GITHUB_REPOSITORY"
      - if: failure()
        run: echo never
`,
  );
  const id = await world.dispatch('train.yml', { job: 'j-1' });
  const run = await world.completed(id);
  const [job] = world.jobs(id);
  const log = await world.log(job!.id);
  expect(log).toContain('level workflow job j-1 epochs 3');
  expect(log).toContain('epochs: 5');
  expect(log).toContain('answer 42 later from the file level step of acme/models');
  expect(run).toMatchObject({
    conclusion: 'success',
    displayTitle: 'Train j-1',
    headSha: sha,
    event: 'workflow_dispatch',
  });
  expect(job!.steps.map((step) => `${step.number} ${step.name}: ${step.conclusion}`)).toEqual([
    '1 Set up job: success',
    '2 Run actions/checkout@v4: success',
    '3 Run echo "answer=42" >> "$GITHUB_OUTPUT": success',
    '4 Second: success',
    '5 Run echo never: skipped',
    '6 Complete job: success',
  ]);
});

test('the app hears of the run and of its job from beginning to end, in order', async () => {
  await world.forge.idle();
  const heard = world.received
    .filter(({ event }) => event.startsWith('workflow_'))
    .map(({ event, payload }) => `${event}.${payload.action}`);
  expect(heard).toEqual([
    'workflow_run.requested',
    'workflow_job.queued',
    'workflow_run.in_progress',
    'workflow_job.in_progress',
    'workflow_job.completed',
    'workflow_run.completed',
  ]);
  expect(world.watch.findings()).toEqual([]);
});

test('a JavaScript action gets its inputs, its token and an identity, and cleans up after the job', async () => {
  const { folder, remove } = await folderWith({
    'action.yml': `name: Probe
inputs:
  who: { required: true }
  greeting: { default: "hello \${{ github.repository }}" }
outputs: { token: { description: the identity } }
runs: { using: node24, main: main.mjs, post: post.mjs }
`,
    'main.mjs': `import { appendFileSync } from 'node:fs';
const { env } = process;
console.log('::group::Inputs');
console.log(env.INPUT_GREETING + ', ' + env.INPUT_WHO + ' at ' + env.GITHUB_ACTION_PATH);
console.log('::endgroup::');
console.log('::add-mask::hidden-word');
console.log('this is a hidden-word');
console.log('::warning title=Careful::look, 50%25 done');
const asked = await fetch(env.ACTIONS_ID_TOKEN_REQUEST_URL + '&audience=' + encodeURIComponent('https://sluice.example'),
  { headers: { authorization: 'Bearer ' + env.ACTIONS_ID_TOKEN_REQUEST_TOKEN } });
appendFileSync(env.GITHUB_OUTPUT, 'token=' + (await asked.json()).value + '\\n');
appendFileSync(env.GITHUB_STATE, 'kept=for later\\n');
`,
    'post.mjs': `console.log('post has ' + process.env.STATE_kept);`,
  });
  world.forge.provideAction({ name: 'tools/sluice', folder });
  await world.workflow(
    'action.yml',
    `name: Action${head('self-hosted', 'permissions: { id-token: write, contents: read }')}
      - id: probe
        uses: tools/sluice@v1
        with: { who: world }
      - run: echo "\${{ steps.probe.outputs.token }}" > "$RUNNER_TOOL_CACHE/token"
`,
  );
  const id = await world.dispatch('action.yml', { job: 'j-2' });
  const run = await world.completed(id);
  const [job] = world.jobs(id);
  const log = await world.log(job!.id);
  expect(log).toContain(`hello acme/models, world at ${folder}`);
  expect(log).toContain('this is a ***');
  expect(log).toContain('post has for later');
  expect(log).not.toContain('hidden-word');
  expect(job!.annotations).toEqual([{ level: 'warning', title: 'Careful', message: 'look, 50% done' }]);
  expect(run.conclusion).toBe('success');
  const token = (await readFile(`${world.folder}/forge/runners/machine/_work/_tool/token`, 'utf8')).trim();
  const issuer = `${world.forge.url}/_services/token`;
  const configuration = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
  expect(configuration).toMatchObject({ issuer });
  const keys = createRemoteJWKSet(new URL((configuration as { jwks_uri: string }).jwks_uri));
  const { payload } = await jwtVerify(token, keys, {
    issuer,
    audience: 'https://sluice.example',
    algorithms: ['RS256'],
  });
  expect(payload).toMatchObject({
    sub: 'repo:acme/models:ref:refs/heads/main',
    repository: 'acme/models',
    repository_id: String(world.forge.state.repositories[0]!.id),
    repository_owner: 'acme',
    run_id: String(id),
    run_attempt: '1',
    sha: run.headSha,
    ref: 'refs/heads/main',
    event_name: 'workflow_dispatch',
    actor: 'gatekeeper[bot]',
    workflow: 'Action',
    workflow_ref: 'acme/models/.github/workflows/action.yml@refs/heads/main',
    job_workflow_ref: 'acme/models/.github/workflows/action.yml@refs/heads/main',
    runner_environment: 'self-hosted',
  });
  expect(payload.exp! - payload.iat!).toBe(300);
  await remove();
});

test('a job without a runner that has its labels waits, and begins when one comes', async () => {
  await world.workflow('big.yml', `name: Big${head('[self-hosted, huge]')}\n      - run: echo big\n`);
  const id = await world.dispatch('big.yml', { job: 'j-3' });
  await waitFor(() => world.jobs(id).length > 0);
  expect(world.jobs(id)[0]).toMatchObject({ status: 'queued', labels: ['self-hosted', 'huge'], runnerName: undefined });
  expect(world.run(id).status).toBe('queued');
  world.forge.registerRunner({ name: 'huge', labels: ['self-hosted', 'HUGE'] });
  expect((await world.completed(id)).conclusion).toBe('success');
  expect(world.jobs(id)[0]!.runnerName).toBe('huge');
});

test('cancelling ends the processes of the step, runs what is always to be run, and ends the run', async () => {
  await world.workflow(
    'long.yml',
    `name: Long${head()}
      - run: |
          echo $$ > "$RUNNER_TOOL_CACHE/pid"
          sleep 300
      - run: echo skipped
      - if: always()
        run: echo tidied
`,
  );
  const id = await world.dispatch('long.yml', { job: 'j-4' });
  const pid = await waitFor(async () =>
    Number(await readFile(`${world.folder}/forge/runners/machine/_work/_tool/pid`, 'utf8').catch(() => '')),
  );
  const { owner, repo } = world;
  const answer = await world.installation.rest.actions.cancelWorkflowRun({ owner, repo, run_id: id });
  expect(answer.status).toBe(202);
  expect((await world.completed(id)).conclusion).toBe('cancelled');
  expect(await liveInGroup(pid)).toEqual([]);
  const [job] = world.jobs(id);
  expect(job!.steps.map((step) => step.conclusion)).toEqual(['success', 'cancelled', 'skipped', 'success', 'success']);
  expect(await world.log(job!.id)).toContain('tidied');
  await expect(world.installation.rest.actions.cancelWorkflowRun({ owner, repo, run_id: id })).rejects.toMatchObject({
    status: 409,
  });
});

test('all of it was as GitHub describes it', async () => {
  await world.forge.idle();
  expect(world.watch.findings()).toEqual([]);
  expect([...world.watch.seen.webhooks]).toEqual(
    expect.arrayContaining(['workflow_run.completed', 'workflow_job.completed', 'workflow_job.queued']),
  );
});
