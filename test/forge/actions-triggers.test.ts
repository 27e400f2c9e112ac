import { mkdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WorkflowRun } from '../../src/forge/ci/records.ts';
import { type ActionsWorld, startActionsWorld } from './scenario/actions-world.ts';
import { waitFor } from './scenario/wait-for.ts';

let world: ActionsWorld;

beforeAll(async () => {
  world = await startActionsWorld();
});

afterAll(() => world?.close());

const runsOf = (name: string): WorkflowRun[] =>
  world.forge.state.repositories[0]!.actions.workflowRuns.filter((run) => run.workflowName === name);

const done = (name: string, count: number): Promise<WorkflowRun[]> =>
  waitFor(() => {
    const runs = runsOf(name);
    return runs.length === count && runs.every((run) => run.status === 'completed') && runs;
  });

test('a push starts the workflows whose filters it passes, with the file of the pushed commit', async () => {
  await world.workflow(
    'pushed.yml',
    `name: Pushed
on: { push: { branches: ['topic/**', '!topic/quiet'], paths: ['models/**'] } }
jobs:
  a:
    runs-on: self-hosted
    steps: [{ uses: actions/checkout@v4 }, { run: 'grep -q "epochs: 9" models/delay.yaml && echo "$GITHUB_REF $GITHUB_EVENT_NAME"' }]
`,
  );
  const push = (branch: string, files: Record<string, string>): Promise<string> =>
    world.forge.importFiles('acme/models', branch, files, 'Change', 'author');
  await push('topic/quiet', { 'models/delay.yaml': 'epochs: 9\n' });
  await push('topic/docs', { 'docs/a.md': 'text\n' });
  const sha = await push('topic/loud', { 'models/delay.yaml': 'epochs: 9\n' });
  await push('topic/loud', { 'docs/a.md': 'text\n' });
  const runs = await done('Pushed', 1);
  expect(runs).toMatchObject([{ ref: 'refs/heads/topic/loud', headSha: sha, conclusion: 'success' }]);
  expect(runs[0]!.displayTitle).toBe('Change');
});

test('a pull request runs its test merge; that of a fork reads only and gets no secrets', async () => {
  world.forge.setSecret('acme/models', 'API_KEY', 'very secret');
  await world.workflow(
    'pull.yml',
    `name: Pull
on: pull_request
permissions: { contents: read, issues: write, id-token: write }
jobs:
  a:
    runs-on: self-hosted
    steps:
      - uses: actions/checkout@v4
      - env: { TOKEN: "\${{ github.token }}", KEY: "\${{ secrets.API_KEY }}" }
        run: |
          test "$(git rev-parse HEAD)" = "$GITHUB_SHA"
          cat models/delay.yaml
          echo "$GITHUB_REF into $GITHUB_BASE_REF from $GITHUB_HEAD_REF key \${#KEY} identity \${ACTIONS_ID_TOKEN_REQUEST_URL:+yes}"
          curl -s -o /dev/null -w 'issue %{http_code}\\n' -H "Authorization: Bearer $TOKEN" -d '{"title":"x"}' $GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues
`,
  );
  const { owner, repo, author, stranger, forge } = world;
  await forge.importFiles('acme/models', 'topic/own', { 'models/delay.yaml': 'epochs: 7\n' }, 'Change', 'author');
  const own = await author.rest.pulls.create({ owner, repo, title: 'Own', head: 'topic/own', base: 'main' });
  await forge.forkRepository('acme/models', 'stranger');
  await forge.importFiles('stranger/models', 'change', { 'models/delay.yaml': 'epochs: 8\n' }, 'Change', 'stranger');
  const head = 'stranger:change';
  const foreign = await stranger.rest.pulls.create({ owner, repo, title: 'Foreign', head, base: 'main' });
  const runs = await done('Pull', 2);
  const logs = await Promise.all(runs.map((run) => world.log(world.jobs(run.id)[0]!.id)));
  expect(runs.map((run) => `${run.displayTitle} ${run.conclusion}`)).toEqual(['Own success', 'Foreign success']);
  expect(logs[0]).toContain('epochs: 7');
  expect(logs[0]).toContain(`refs/pull/${own.data.number}/merge into main from topic/own key 11 identity yes`);
  expect(logs[0]).toContain('issue 201');
  expect(logs[1]).toContain('epochs: 8');
  expect(logs[1]).toContain(`refs/pull/${foreign.data.number}/merge into main from change key 0 identity \n`);
  expect(logs[1]).toContain('issue 403');
});

test('a schedule is run when the test says so', async () => {
  const text =
    'name: Nightly\non: { schedule: [{ cron: "17 5 * * *" }] }\njobs:\n  a:\n    runs-on: self-hosted\n    steps: [{ run: echo }]\n';
  await world.workflow('nightly.yml', text);
  const id = await world.forge.runSchedule('acme/models', 'nightly.yml');
  expect(await world.completed(id)).toMatchObject({
    conclusion: 'success',
    event: 'schedule',
    displayTitle: 'Nightly',
  });
});

test('runs of a concurrency group go one after another, and the newest displaces who waits', async () => {
  await world.workflow(
    'grouped.yml',
    `name: Grouped
on: { workflow_dispatch: { inputs: { n: { required: true } } } }
concurrency: group-of-\${{ github.ref }}
jobs:
  a:
    runs-on: self-hosted
    steps: [{ run: 'test "\${{ inputs.n }}" != 1 || while [ ! -e "$RUNNER_TOOL_CACHE/go" ]; do sleep 0.02; done' }]
`,
  );
  const first = await world.dispatch('grouped.yml', { n: '1' });
  await world.until(first, (run) => run.status === 'in_progress');
  const second = await world.dispatch('grouped.yml', { n: '2' });
  await world.until(second, (run) => run.status === 'pending');
  const third = await world.dispatch('grouped.yml', { n: '3' });
  expect((await world.completed(second)).conclusion).toBe('cancelled');
  expect(world.run(third).status).toBe('pending');
  const tools = `${world.folder}/forge/runners/machine/_work/_tool`;
  await mkdir(tools, { recursive: true });
  await writeFile(`${tools}/go`, '');
  expect((await world.completed(first)).conclusion).toBe('success');
  expect((await world.completed(third)).conclusion).toBe('success');
});

test('a failure ends the rest of its matrix, and no more run at once than allowed', async () => {
  world.forge.registerRunner({ name: 'second', labels: ['self-hosted'] });
  await world.workflow(
    'spread.yml',
    `name: Spread
on: workflow_dispatch
jobs:
  fast:
    strategy: { matrix: { n: [1, 2, 3] } }
    runs-on: self-hosted
    steps: [{ run: 'test \${{ matrix.n }} != 1 || exit 1; sleep 60' }]
  narrow:
    needs: fast
    if: always()
    strategy: { max-parallel: 1, matrix: { n: [1, 2] } }
    runs-on: self-hosted
    steps: [{ run: sleep 0.1 }]
`,
  );
  const id = await world.dispatch('spread.yml');
  await world.completed(id);
  const shown = world.jobs(id).map((job) => `${job.name} ${job.conclusion}`);
  expect(shown).toEqual([
    'fast (1) failure',
    'fast (2) cancelled',
    'fast (3) cancelled',
    'narrow (1) success',
    'narrow (2) success',
  ]);
  const [one, two] = world.jobs(id).slice(3);
  const at = (time: string | undefined): number => Date.parse(time ?? '');
  expect(at(two!.startedAt)).toBeGreaterThanOrEqual(at(one!.completedAt));
});

test('all of it was as GitHub describes it', async () => {
  await world.forge.idle();
  expect(world.watch.findings()).toEqual([]);
});
