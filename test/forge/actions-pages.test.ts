import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ActionsWorld, startActionsWorld } from './scenario/actions-world.ts';
import { waitFor } from './scenario/wait-for.ts';

let world: ActionsWorld;

const workflow = `name: Train <model>
run-name: "Train \${{ inputs.what }}"
on: { workflow_dispatch: { inputs: { what: { description: What to train, required: true } } } }
jobs:
  train:
    runs-on: [self-hosted, gpu]
    steps:
      - run: echo "epoch 1 <b>of</b> \${{ inputs.what }}"
      - run: echo '## Report **of** <script>alert(1)</script>' >> $GITHUB_STEP_SUMMARY
      - run: 'echo "::error title=Loss::is NaN"; exit 1'
`;

beforeAll(async () => {
  world = await startActionsWorld();
  await world.workflow('train.yml', workflow);
  await world.workflow(
    'waits.yml',
    'on: workflow_dispatch\njobs:\n  big:\n    runs-on: huge\n    steps: [{ run: echo }]\n',
  );
});

afterAll(() => world?.close());

const get = async (path: string, as?: string): Promise<string> => {
  const response = await fetch(world.forge.url + path, { headers: as ? { cookie: `forge_user=${as}` } : {} });
  expect(response.status).toBe(200);
  return response.text();
};

const post = async (path: string, as: string, fields: Record<string, string> = {}): Promise<number> => {
  const headers = { origin: world.forge.url, cookie: `forge_user=${as}` };
  const body = new URLSearchParams(fields);
  return (await fetch(world.forge.url + path, { method: 'POST', headers, body, redirect: 'manual' })).status;
};

const latest = () => world.forge.state.repositories[0]!.actions.workflowRuns.at(-1)!;

test('who may write starts a workflow from its page, and nobody else sees the form', async () => {
  const page = await get('/acme/models/actions/workflows/train.yml', 'owner');
  const action = /action="([^"]+\/dispatch)"/.exec(page)![1]!;
  expect(page).toContain('What to train');
  expect(await get('/acme/models/actions/workflows/train.yml', 'stranger')).not.toContain('/dispatch"');
  expect(await post(action, 'stranger', { ref: 'main', 'inputs.what': 'it' })).toBe(403);
  expect(await post(action, 'owner', { ref: 'main' })).toBe(422);
  expect(await post(action, 'owner', { ref: 'main', 'inputs.what': '<i>delay</i>' })).toBe(303);
  await world.completed(latest().id);
  const list = await get('/acme/models/actions');
  expect(list).toContain('Train &lt;i&gt;delay&lt;/i&gt;');
  expect(list).not.toContain('<i>delay');
});

test("a run's page has its jobs, steps, annotations and logs, and nothing in them is markup", async () => {
  const { id } = latest();
  const page = await get(`/acme/models/actions/runs/${id}`);
  expect(page).toContain('epoch 1 &lt;b&gt;of&lt;/b&gt;');
  expect(page).toContain('<strong>Loss</strong><p>is NaN</p>');
  expect(page).toContain('Report <strong>of</strong>');
  expect(page).not.toContain('<script>');
  expect(page).toContain('on machine');
  const job = world.jobs(id)[0]!;
  expect(await get(`/acme/models/actions/runs/${id}/job/${job.id}`)).toContain('Set up job');
  expect(page).not.toContain('http-equiv="refresh"');
});

test('the buttons run again and cancel', async () => {
  const { id } = latest();
  expect(await get(`/acme/models/actions/runs/${id}`, 'owner')).toContain('Re-run failed jobs');
  expect(await post(`/acme/models/actions/runs/${id}/rerun`, 'stranger')).toBe(403);
  expect(await post(`/acme/models/actions/runs/${id}/rerun`, 'owner')).toBe(303);
  await world.until(id, (run) => run.attempt === 2 && run.status === 'completed');
  const waiting = await world.dispatch('waits.yml');
  await waitFor(() => world.jobs(waiting).length > 0);
  const page = await get(`/acme/models/actions/runs/${waiting}`, 'owner');
  expect(page).toContain('waits for a runner with huge');
  expect(page).toContain('http-equiv="refresh"');
  expect(await post(`/acme/models/actions/runs/${waiting}/cancel`, 'owner')).toBe(303);
  expect((await world.completed(waiting)).conclusion).toBe('cancelled');
});
