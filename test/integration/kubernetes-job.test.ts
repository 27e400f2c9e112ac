/** Jobs with everything real but the cluster: queue, flow, the agent's own processes with the tokens of their Secrets. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Job } from '../../src/domain/jobs/job.ts';
import type { Dataset, Model } from '../../src/domain/spec/valid.ts';
import { type JobDeps, reconcileJob } from '../../src/flows/job/reconcile-job.ts';
import { submitJob } from '../../src/flows/job/submit-job.ts';
import { formatKey, parseKey } from '../../src/flows/keys.ts';
import { openCluster, PLACE, type TestCluster } from '../adapters/runners/kubernetes/open-cluster.ts';
import { until } from '../adapters/runners/kubernetes/until.ts';
import { openAgentWorld } from '../agent/agent-world.ts';

const AGENT = fileURLToPath(import.meta.resolve('../agent/agent-process.ts'));
let world: Awaited<ReturnType<typeof openAgentWorld>>;
let cluster: TestCluster;
let deps: JobDeps;
let working = true;
let paused = false;
let worker: Promise<void>;

beforeAll(async () => {
  world = await openAgentWorld({ leaseMs: 2_000 });
  cluster = await openCluster({ onChange: (id) => void world.store.queue.request(formatKey({ kind: 'job', id })) });
  cluster.kubelet.settings.container = ({ command, args }, { HOME: _, SLUICE_GIT: __, ...env }) => {
    expect(command).toEqual(['/sluice/bin/node', '/sluice/app/dist/cli/main.js']);
    const own = args.slice(1).map((arg) => (arg === '/work' ? world.workRoot : arg));
    return { argv: ['--import', 'tsx', AGENT, ...own], env: { PATH: process.env.PATH, ...env } };
  };
  deps = {
    store: world.store,
    clock: world.clock,
    runners: { kubernetes: cluster.runner },
    place: async () => PLACE,
    limits: { local: 1, perRepository: 10 },
    issueToken: world.tokens.issue,
    upSince: Date.now(),
    agentUrl: world.url,
    log: { info: () => undefined, warn: () => undefined },
  };
  worker = work();
});
afterAll(async () => {
  working = false;
  await worker;
  await cluster.close();
  await world.close();
});

/** What the server's workers do. */
async function work(): Promise<void> {
  while (working) {
    const lease = paused ? undefined : await world.store.queue.take(60_000);
    if (!lease) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      continue;
    }
    const key = parseKey(lease.key);
    const again = key.kind === 'job' ? await reconcileJob(deps, key.id) : undefined;
    if (again) await world.store.queue.request(lease.key, again.at);
    await world.store.queue.finish(lease);
  }
}

const dataset: Dataset = {
  kind: 'Dataset',
  name: 'trips',
  path: 'data/trips.yaml',
  source: { uri: 'data/trips.csv', format: 'csv' },
  columns: [{ name: 'day', type: 'integer', nullable: false, pii: false }],
  splits: { train: 'day < 3', holdout: 'day >= 3' },
  checks: [],
};

async function submitTraining(program: string, over: { key?: string; group?: string } = {}): Promise<Job> {
  const sha = await world.commit({
    'data/trips.csv': 'day,delay\n1,10\n2,20\n3,30\n4,40\n',
    'train.mjs': `import fs from 'node:fs';\n${program}`,
  });
  const model = {
    name: 'late',
    artifact: { path: 'model.onnx', format: 'onnx' },
    train: {
      command: ['node', 'train.mjs'],
      params: { key: over.key ?? '' },
      seed: 1,
      resources: { gpu: 0, memoryBytes: 2 ** 30, timeoutSeconds: 60 },
    },
  } as unknown as Model;
  const task = { kind: 'train' as const, model, dataset, allow: ['data/'] };
  const wish = { key: `train:${sha}${over.key ?? ''}`, task, repository: 'acme/trips', sha, runner: 'farm' };
  return submitJob(deps, { ...wish, ...(over.group && { group: over.group }) });
}

async function finished({ id }: Job): Promise<Job> {
  const job = await until(
    async () => (await world.store.jobs.get(id))!,
    ({ finishedAt }) => finishedAt !== undefined,
    50,
  );
  expect(job, (await world.logOf(job)).join('\n')).toMatchObject({ status: 'succeeded' });
  return job;
}

test('an agent whose pod is killed is followed by another, and the job is done', { timeout: 110_000 }, async () => {
  const job = await submitTraining(`
    const marker = ${JSON.stringify(path.join(world.folder, 'second'))};
    const first = !fs.existsSync(marker);
    fs.writeFileSync(marker, '');
    console.log('begun');
    if (first) setInterval(() => {}, 1000);
    else fs.writeFileSync(process.env.SLUICE_OUTPUT + '/model.onnx', 'the second');`);
  await until(
    () => world.logOf(job),
    (lines) => lines.includes('begun'),
    50,
  );
  cluster.kubelet.kill(cluster.podOf((await world.store.jobs.get(job.id))!.handle));
  const done = await finished(job);
  expect(done.attempt).toBe(2);
  expect((await world.logOf(done))[0]).toMatch(/^attempt 1 was lost: its agent was ended by signal 9/);
  expect(cluster.jobs().map(({ metadata }) => metadata.name)).toEqual([`sluice-${job.id}-2`]);
});

test('the trials of a sweep are one Job, each with its own work', { timeout: 110_000 }, async () => {
  const program = `fs.writeFileSync(process.env.SLUICE_OUTPUT + '/model.onnx', 'a model');`;
  const before = new Set(cluster.jobs().map(({ metadata }) => metadata.name));
  paused = true;
  const jobs = [];
  for (const key of ['a', 'b']) jobs.push(await submitTraining(program, { key, group: 'sweep:late' }));
  paused = false;
  for (const job of jobs) expect(await finished(job)).toMatchObject({ attempt: 1 });
  const made = cluster.jobs().filter(({ metadata }) => !before.has(metadata.name));
  expect(made.map(({ spec }) => [spec.completionMode, spec.completions])).toEqual([['Indexed', 2]]);
});
