/** One training job with everything real: queue, flow, local runner, the agent's own process, git over HTTP, DuckDB. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLocalRunner } from '../../src/adapters/runners/local/create-local-runner.ts';
import type { Job } from '../../src/domain/jobs/job.ts';
import type { Dataset, Model } from '../../src/domain/spec/valid.ts';
import { type JobDeps, reconcileJob } from '../../src/flows/job/reconcile-job.ts';
import { submitJob } from '../../src/flows/job/submit-job.ts';
import { THIS_MACHINE } from '../../src/flows/job/this-machine.ts';
import { parseKey } from '../../src/flows/keys.ts';
import type { Runner } from '../../src/ports/runner.ts';
import { openAgentWorld } from './agent-world.ts';

let world: Awaited<ReturnType<typeof openAgentWorld>>;
let gitServer: Server;
let deps: JobDeps;
let runner: Runner;
let working = true;
let worker: Promise<void>;
/** The next request for the repository is answered with this. */
let refusal: number | undefined;
const authorizations: (string | undefined)[] = [];

beforeAll(async () => {
  world = await openAgentWorld({ leaseMs: 2_000, gitUrl: () => `http://127.0.0.1:${port()}/repository/.git` });
  gitServer = createServer((request, response) => {
    authorizations.push(request.headers.authorization);
    if (!request.headers.authorization) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return;
    }
    if (refusal !== undefined) {
      response.writeHead(refusal).end();
      refusal = undefined;
      return;
    }
    const url = new URL(request.url!, 'http://git.invalid');
    const backend = spawn('git', ['http-backend'], {
      env: {
        PATH: process.env.PATH,
        GIT_PROJECT_ROOT: world.folder,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers['content-type'],
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        ...(request.headers['content-encoding'] ? { HTTP_CONTENT_ENCODING: 'gzip' } : {}),
      },
    });
    request.pipe(backend.stdin);
    const chunks: Buffer[] = [];
    backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    backend.on('close', () => {
      const answer = Buffer.concat(chunks);
      const split = answer.indexOf('\r\n\r\n');
      const headers = answer.subarray(0, split).toString().split('\r\n');
      const status = headers.find((line) => line.startsWith('Status:'))?.split(' ')[1] ?? '200';
      const fields = headers.filter((line) => !line.startsWith('Status:')).flatMap((line) => line.split(/: (.*)/, 2));
      response.writeHead(Number(status), fields).end(answer.subarray(split + 4));
    });
  });
  await new Promise<void>((resolve) => gitServer.listen(0, '127.0.0.1', resolve));
  runner = createLocalRunner({
    agentCommand: [process.execPath, '--import', 'tsx', fileURLToPath(import.meta.resolve('./agent-process.ts'))],
    workRoot: world.workRoot,
    env: { SLUICE_DATA_ROOT: world.folder },
  });
  deps = {
    store: world.store,
    clock: world.clock,
    runners: { local: runner },
    place: async () => THIS_MACHINE,
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
  await runner.reap(async () => [], []);
  await new Promise((resolve) => gitServer.close(resolve));
  await world.close();
});

const port = () => (gitServer.address() as AddressInfo).port;

/** What the server's workers do. */
async function work(): Promise<void> {
  while (working) {
    const lease = await world.store.queue.take(60_000);
    if (!lease) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      continue;
    }
    const key = parseKey(lease.key);
    const again = key.kind === 'job' ? await reconcileJob(deps, key.id) : undefined;
    if (again) await world.store.queue.request(lease.key, again.at);
    await world.store.queue.finish(lease);
  }
}

async function untilJob(id: string, what: (job: Job) => boolean): Promise<Job> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const job = (await world.store.jobs.get(id))!;
    if (what(job)) return job;
    if (Date.now() > deadline)
      throw new Error(`the job is ${JSON.stringify(job)} ${(await world.logOf(job)).join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const dataset: Dataset = {
  kind: 'Dataset',
  name: 'trips',
  path: 'data/trips.yaml',
  source: { uri: 'data/trips.csv', format: 'csv' },
  columns: [
    { name: 'day', type: 'integer', nullable: false, pii: false },
    { name: 'late', type: 'boolean', nullable: false, pii: false, sql: 'delay > 15', role: 'label' },
  ],
  splits: { train: 'day < 3', holdout: 'day >= 3' },
  checks: [],
};

async function submitTraining(program: string): Promise<Job> {
  const sha = await world.commit({
    'data/trips.csv': 'day,delay\n1,10\n2,20\n3,30\n4,40\n',
    'train.mjs': `
      import fs from 'node:fs';
      const bytes = fs.readFileSync(process.env.SLUICE_TRAIN);
      console.log(bytes.subarray(0, 4).toString() + ' ' + process.cwd().endsWith('checkout'));
      ${program}`,
  });
  const model = {
    name: 'late',
    artifact: { path: 'model.onnx', format: 'onnx' },
    train: {
      command: ['node', 'train.mjs'],
      params: {},
      seed: 1,
      resources: { gpu: 0, memoryBytes: 2 ** 30, timeoutSeconds: 60 },
    },
  } as unknown as Model;
  const task = { kind: 'train' as const, model, dataset, allow: ['data/'] };
  return submitJob(deps, { key: `train:${sha}`, task, repository: 'acme/trips', sha, runner: 'local' });
}

test('goes from the queue to the artifact', async () => {
  const { id } = await submitTraining(`fs.writeFileSync(process.env.SLUICE_OUTPUT + '/model.onnx', 'a model');`);
  const job = await untilJob(id, ({ finishedAt }) => finishedAt !== undefined);
  const log = await world.logOf(job);
  expect(job, log.join('\n')).toMatchObject({ status: 'succeeded', attempt: 1, result: { files: [{ size: 7 }] } });
  expect(log).toContain('2 rows; running node train.mjs');
  expect(log).toContain('PAR1 true');
  const basic = `Basic ${Buffer.from('x-access-token:ghs_checkout').toString('base64')}`;
  expect(authorizations.every((value) => value === basic)).toBe(true);
});

test('what GitHub refuses once costs the attempt and not the job', async () => {
  refusal = 403;
  const { id } = await submitTraining(`fs.writeFileSync(process.env.SLUICE_OUTPUT + '/model.onnx', 'a model');`);
  const job = await untilJob(id, ({ finishedAt }) => finishedAt !== undefined);
  const log = await world.logOf(job);
  expect(job, log.join('\n')).toMatchObject({ status: 'succeeded', attempt: 2 });
  expect(job.error).toBeUndefined();
  expect(log[0]).toMatch(/^attempt 1 was lost: git fetch: .*error: 403/);
});

test('an agent that is killed is noticed, its command ended, and the job done by the next attempt', async () => {
  const job = await submitTraining(`
    const marker = ${JSON.stringify(path.join(world.folder, 'second'))};
    const first = !fs.existsSync(marker);
    fs.writeFileSync(marker, '');
    console.log('pid ' + process.pid);
    if (first) setInterval(() => {}, 1000);
    else fs.writeFileSync(process.env.SLUICE_OUTPUT + '/model.onnx', 'the second');`);
  const commandPid = async () => (await world.logOf(job)).find((line) => line.startsWith('pid '))?.slice(4);
  while ((await commandPid()) === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
  const pid = await commandPid();
  process.kill(((await world.store.jobs.get(job.id))!.handle as { pid: number }).pid, 'SIGKILL');
  const done = await untilJob(job.id, ({ finishedAt }) => finishedAt !== undefined);
  const log = await world.logOf(job);
  expect(done, log.join('\n')).toMatchObject({ status: 'succeeded', attempt: 2 });
  expect(log[0]).toMatch(/^attempt 1 was lost: its process is gone/);
  // gone, or a zombie where the machine's first process collects none
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => ') X');
  expect(stat.slice(stat.lastIndexOf(')') + 2)).toMatch(/^[ZX]/);
});
