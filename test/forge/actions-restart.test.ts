import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { startForge } from '../../src/forge/start-forge.ts';
import { liveInGroup } from './scenario/actions-world.ts';
import { waitFor } from './scenario/wait-for.ts';

const app = {
  slug: 'gatekeeper',
  webhookSecret: 'a secret of the test',
  permissions: { actions: 'write', contents: 'write' },
  events: ['workflow_run'],
} as const;

const workflow = `on: workflow_dispatch
jobs:
  quick:
    runs-on: self-hosted
    steps: [{ run: echo kept in the log }]
  long:
    needs: quick
    runs-on: self-hosted
    steps: [{ run: 'echo $$ > $RUNNER_TOOL_CACHE/pid; sleep 300' }, { if: always(), run: echo }]
`;

test('a closed forge leaves no process, and what was under way is cancelled when it comes back', async () => {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  const options = { dataDir, app: { ...app, events: [...app.events] } };
  const forge = await startForge(options);
  const token = forge.createUser('owner');
  await forge.createRepository({ owner: 'owner', name: 'models' });
  await forge.importFiles('owner/models', 'main', { '.github/workflows/w.yml': workflow }, 'Start', 'owner');
  forge.registerRunner({ name: 'machine', labels: ['self-hosted'] });
  const request = (url: string, route: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${url}/api/v3/repos/owner/models/actions/${route}`, {
      ...init,
      headers: { authorization: `Bearer ${token}` },
    });
  const body = JSON.stringify({ ref: 'main' });
  const dispatched = await request(forge.url, 'workflows/w.yml/dispatches', { method: 'POST', body });
  expect(dispatched.status).toBe(204);
  const file = path.join(dataDir, 'runners/machine/_work/_tool/pid');
  const pid = await waitFor(async () => Number(await readFile(file, 'utf8').catch(() => '')));
  await forge.close();
  expect(await liveInGroup(pid)).toEqual([]);

  const again = await startForge(options);
  const { workflow_runs: runs } = (await (await request(again.url, 'runs')).json()) as {
    workflow_runs: { id: number; status: string; conclusion: string }[];
  };
  expect(runs).toMatchObject([{ status: 'completed', conclusion: 'cancelled' }]);
  const { jobs } = (await (await request(again.url, `runs/${runs[0]!.id}/jobs`)).json()) as {
    jobs: { id: number; name: string; conclusion: string }[];
  };
  expect(jobs.map((job) => `${job.name} ${job.conclusion}`)).toEqual(['quick success', 'long cancelled']);
  expect(await (await request(again.url, `jobs/${jobs[0]!.id}/logs`)).text()).toContain('kept in the log');
  await again.close();
  await rm(dataDir, { recursive: true, force: true });
});
