import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ActionsWorld, startActionsWorld } from './scenario/actions-world.ts';
import { waitFor } from './scenario/wait-for.ts';

let world: ActionsWorld;

beforeAll(async () => {
  world = await startActionsWorld();
  world.forge.registerRunner({ name: 'second', labels: ['self-hosted'] });
});

afterAll(() => world?.close());

const start = async (file: string, jobs: string, inputs?: Record<string, string>): Promise<number> => {
  const text = `name: ${file}\non: { workflow_dispatch: { inputs: { word: { default: plain } } } }\n${jobs}`;
  await world.workflow(`${file}.yml`, text);
  return world.dispatch(`${file}.yml`, inputs);
};

const ran = async (file: string, jobs: string, inputs?: Record<string, string>) => {
  const id = await start(file, jobs, inputs);
  const run = await world.completed(id);
  const byName = Object.fromEntries(world.jobs(id).map((job) => [job.name, job.conclusion]));
  return { id, run, byName };
};

const logOf = async (id: number, name: string): Promise<string> =>
  world.log(world.jobs(id).find((job) => job.name === name)!.id);

test('jobs wait for what they need, get its outputs, and are skipped when it failed', async () => {
  const { id, run, byName } = await ran(
    'needs',
    `jobs:
  first:
    runs-on: self-hosted
    outputs: { word: "\${{ steps.say.outputs.word }}" }
    steps: [{ id: say, run: 'echo word=hello >> $GITHUB_OUTPUT' }]
  second:
    needs: first
    runs-on: self-hosted
    steps: [{ run: 'echo "got \${{ needs.first.outputs.word }} \${{ needs.first.result }}"; exit 3' }]
  third:
    needs: [first, second]
    runs-on: self-hosted
    steps: [{ run: echo }]
  after:
    needs: second
    if: always() && needs.second.result == 'failure'
    runs-on: self-hosted
    steps: [{ run: echo tidied }]
`,
  );
  expect(byName).toEqual({ first: 'success', second: 'failure', third: 'skipped', after: 'success' });
  expect(run.conclusion).toBe('failure');
  expect(await logOf(id, 'second')).toContain('got hello success');
  expect(await logOf(id, 'second')).toContain('##[error]Process completed with exit code 3.');
});

test('a matrix is a job for each combination', async () => {
  const { id, byName } = await ran(
    'matrix',
    `jobs:
  each:
    strategy:
      matrix:
        size: [1, 2]
        kind: [a, b]
        exclude: [{ size: 2, kind: b }]
        include: [{ size: 3, kind: c }, { size: 1, kind: a, extra: yes }]
    runs-on: self-hosted
    steps: [{ run: 'echo "is \${{ matrix.size }}\${{ matrix.kind }} \${{ matrix.extra }}"' }]
`,
  );
  expect(Object.keys(byName)).toEqual(['each (1, a, yes)', 'each (1, b)', 'each (2, a)', 'each (3, c)']);
  expect(await logOf(id, 'each (3, c)')).toContain('is 3c');
});

test('a step may fail where the workflow says so, and may take too long', async () => {
  const { id, run } = await ran(
    'forgiven',
    `jobs:
  a:
    runs-on: self-hosted
    steps:
      - { id: bad, run: exit 1, continue-on-error: true }
      - run: echo "outcome \${{ steps.bad.outcome }} conclusion \${{ steps.bad.conclusion }}"
      - { id: slow, run: sleep 60, timeout-minutes: 0.005 }
      - { if: failure(), run: echo after the failure, shell: sh }
      - { if: always(), shell: python, run: "import os; print('python in', os.environ['GITHUB_JOB'])" }
`,
  );
  const log = await logOf(id, 'a');
  expect(log).toContain('outcome failure conclusion success');
  expect(log).toContain('The action has timed out after 0.005 minutes.');
  expect(log).toContain('after the failure');
  expect(log).toContain('python in a');
  expect(run.conclusion).toBe('failure');
});

test('what the forge cannot do fails the run in words', async () => {
  const { id, run } = await ran(
    'beyond',
    `jobs:
  boxed:
    runs-on: self-hosted
    container: node:24
    steps: [{ run: echo }]
  unknown:
    runs-on: self-hosted
    steps: [{ run: echo never }, { uses: elsewhere/tool@v3 }]
`,
  );
  const said = world.jobs(id).map((job) => job.annotations[0]?.message);
  expect(said).toEqual([
    'This forge does not run containers (jobs.<job>.container)',
    'Unable to resolve action `elsewhere/tool@v3`, repository not found',
  ]);
  expect(world.jobs(id)[1]!.steps.map((step) => step.conclusion)).toEqual(['failure', 'skipped', 'skipped', 'success']);
  expect(run.conclusion).toBe('failure');
});

test('an action of the checkout and a composite action run, and artifacts go from job to job', async () => {
  await world.forge.importFiles(
    'acme/models',
    'main',
    {
      'tools/both/action.yml': `inputs: { word: { default: none } }
outputs: { loud: { value: "\${{ steps.up.outputs.loud }}" } }
runs:
  using: composite
  steps:
    - { id: up, shell: bash, run: 'echo "loud=\${{ inputs.word }}!" >> $GITHUB_OUTPUT' }
    - uses: ./tools/js
      with: { word: "\${{ steps.up.outputs.loud }}" }
`,
      'tools/js/action.yml': 'inputs: { word: {} }\nruns: { using: node20, main: main.cjs }\n',
      'tools/js/main.cjs': "require('fs').writeFileSync('out.txt', process.env.INPUT_WORD);\n",
    },
    'Add actions',
    'owner',
  );
  const { id, run } = await ran(
    'local',
    `jobs:
  make:
    runs-on: self-hosted
    steps:
      - uses: actions/checkout@v4
      - { id: both, uses: ./tools/both, with: { word: "\${{ inputs.word }}" } }
      - run: echo "composite said \${{ steps.both.outputs.loud }}"
      - { uses: actions/upload-artifact@v4, with: { name: result, path: out.txt } }
  take:
    needs: make
    runs-on: self-hosted
    steps:
      - { uses: actions/download-artifact@v4, with: { name: result, path: got } }
      - run: echo "file says $(cat got/out.txt)"
`,
    { word: 'hey' },
  );
  expect(run.conclusion).toBe('success');
  expect(await logOf(id, 'make')).toContain('composite said hey!');
  expect(await logOf(id, 'take')).toContain('file says hey!');
});

test("a job's token does what the workflow declares, and nothing when the job is over", async () => {
  const { id, run } = await ran(
    'token',
    `permissions: { contents: read, issues: write }
jobs:
  a:
    runs-on: self-hosted
    steps:
      - env: { TOKEN: "\${{ github.token }}" }
        run: |
          call() { curl -s -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $TOKEN" "$@"; }
          echo "read $(call $GITHUB_API_URL/repos/$GITHUB_REPOSITORY/contents/README.md)"
          echo "issue $(call -d '{"title":"From a job"}' $GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues)"
          echo "status $(call -d '{"state":"success"}' $GITHUB_API_URL/repos/$GITHUB_REPOSITORY/statuses/$GITHUB_SHA)"
          echo "identity '$ACTIONS_ID_TOKEN_REQUEST_URL'"
          echo "secret \${{ secrets.API_KEY }} and $TOKEN"
          echo "$TOKEN" | rev > "$RUNNER_TOOL_CACHE/backwards"
`,
  );
  const log = await logOf(id, 'a');
  expect(run.conclusion).toBe('success');
  expect(log).toContain('read 200');
  expect(log).toContain('issue 201');
  expect(log).toContain('status 403');
  expect(log).toContain("identity ''");
  expect(log).toMatch(/secret {2}and \*\*\*/);
  const issue = world.forge.state.repositories[0]!.issues.at(-1)!;
  expect(issue).toMatchObject({ title: 'From a job', author: 'github-actions[bot]', byApp: false });
  expect(world.forge.state.tokens.filter((token) => token.kind === 'job')).toEqual([]);
});

test('what failed is run again under the next attempt, what succeeded is left alone', async () => {
  const { id } = await ran(
    'again',
    `jobs:
  good:
    runs-on: self-hosted
    steps: [{ run: echo }]
  bad:
    runs-on: self-hosted
    steps: [{ run: 'echo "attempt $GITHUB_RUN_ATTEMPT"; test "$GITHUB_RUN_ATTEMPT" -gt 1' }]
  last:
    needs: [good, bad]
    runs-on: self-hosted
    steps: [{ run: echo }]
`,
  );
  const { owner, repo } = world;
  await world.installation.rest.actions.reRunWorkflowFailedJobs({ owner, repo, run_id: id });
  const run = await world.until(id, (each) => each.attempt === 2 && each.status === 'completed');
  expect(run.conclusion).toBe('success');
  const list = async (filter: 'latest' | 'all') =>
    (await world.installation.rest.actions.listJobsForWorkflowRun({ owner, repo, run_id: id, filter })).data.jobs.map(
      (job) => `${job.name} ${job.run_attempt} ${job.conclusion}`,
    );
  expect(await list('latest')).toEqual(['good 1 success', 'bad 2 success', 'last 2 success']);
  expect(await list('all')).toHaveLength(5);
  const past = await world.installation.request(
    'GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}',
    { owner, repo, run_id: id, attempt_number: 1 },
  );
  expect(past.data).toMatchObject({ run_attempt: 1, conclusion: 'failure' });
});

test('a runner that goes away takes its processes with it, and fails the job', async () => {
  world.forge.registerRunner({ name: 'spot', labels: ['spot'], env: { PLACE: `${world.folder}/pids` } });
  const id = await start(
    'spot',
    `jobs:
  a:
    runs-on: spot
    steps:
      - run: |
          env -i setsid sleep 300 &
          echo $! $$ > "$PLACE"
          sleep 300
`,
  );
  const pids = await waitFor(async () => {
    const text = await readFile(`${world.folder}/pids`, 'utf8').catch(() => '');
    return text.endsWith('\n') && text.trim().split(' ').map(Number);
  });
  await world.forge.unregisterRunner('spot');
  expect((await world.completed(id)).conclusion).toBe('failure');
  expect(world.jobs(id)[0]!.annotations.map((each) => each.message)).toEqual([
    'The self-hosted runner: spot lost communication with the server.',
  ]);
  const states = await Promise.all(
    pids.map(async (pid) => (await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z')).split(') ')[1]?.[0]),
  );
  expect(states).toEqual(['Z', 'Z']);
});

test('all of it was as GitHub describes it', async () => {
  await world.forge.idle();
  expect(world.watch.findings()).toEqual([]);
});
