import { spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRayClient } from '../../../src/adapters/runners/ray/ray-client.ts';
import { sendRequest } from '../../../src/adapters/runners/ray/send-request.ts';
import { PROJECT } from '../../e2e/harness/fixture.ts';
import { processesOf } from '../../e2e/harness/processes.ts';
import { openPythonEnv } from '../python/python-env.ts';

const RAY = 'ray[default]==2.55.1';
const START_MS = 120_000;

/**
 * A Ray cluster of this machine: a head and one more node, each a raylet with processes of its own, with Ray's token
 * authentication. Ray and what the scikit-learn example needs come from PyPI into a kept virtual environment.
 * `temporary` is in the environment of whatever runs on the cluster, and is where agents work.
 */
export async function startRayCluster(options: { cpusOfEach: number }) {
  const example = await readFile(path.join(PROJECT, 'fixtures/sklearn/requirements.txt'), 'utf8');
  const python = await openPythonEnv([RAY, ...example.split('\n')]);
  console.log(`Python with ${RAY}: ${python.how} in ${python.seconds.toFixed(0)} s`);
  const temporary = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  const token = randomBytes(24).toString('hex');
  const [port, dashboard, ...rest] = await freePorts(5);
  const address = `http://127.0.0.1:${dashboard}`;
  const env = {
    HOME: temporary,
    LANG: 'C.UTF-8',
    ...python.env,
    TMPDIR: temporary,
    RAY_AUTH_MODE: 'token',
    RAY_AUTH_TOKEN: token,
    RAY_USAGE_STATS_ENABLED: '0',
    // what shows its name in the list of processes leaves its environment readable
    SPT_NOENV: '1',
    // a node that is lost is noticed within ten seconds, and one that is only slow is not taken for lost
    RAY_health_check_period_ms: '1000',
    RAY_health_check_failure_threshold: '10',
  };

  async function rayStart(node: 'head' | 'worker', args: string[]): Promise<void> {
    const sizes = ['--num-cpus', String(options.cpusOfEach), '--object-store-memory', '100000000'];
    const child = spawn(path.join(python.folder, 'bin/ray'), ['start', ...args, ...sizes, '--disable-usage-stats'], {
      env: { ...env, SLUICE_TEST_NODE: `${node} of ${temporary}` },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: START_MS,
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
    // not 'close': what it starts keeps the pipes
    const code = await new Promise((resolve, reject) => child.once('exit', resolve).once('error', reject));
    if (code !== 0) throw new Error(`ray start (${node}) ended with ${code}:\n${said}`);
  }

  async function untilReady(): Promise<void> {
    const client = createRayClient({ address, token });
    let last: unknown;
    for (const deadline = Date.now() + START_MS; Date.now() < deadline; await sleep(200)) {
      const nodes = await client.nodes().catch((error: unknown) => {
        last = error;
        return [];
      });
      if (nodes.length === 2) return;
    }
    const log = path.join(temporary, 'ray/session_latest/logs/dashboard.log');
    const words = await readFile(log, 'utf8').catch(() => 'it wrote no log');
    throw new Error(`the Ray cluster is not ready: ${last}; its dashboard last said:\n${words.slice(-2_000)}`);
  }

  async function killEverything(): Promise<void> {
    for (const deadline = Date.now() + 20_000; Date.now() < deadline; ) {
      const left = await processesOf(temporary);
      if (left.length === 0) break;
      for (const { pid } of left) kill(pid);
      await sleep(50);
    }
    await rm(temporary, { recursive: true, force: true, maxRetries: 5 });
  }

  try {
    const head = [
      '--head',
      '--port',
      String(port),
      '--dashboard-host',
      '127.0.0.1',
      '--dashboard-port',
      String(dashboard),
    ];
    const own = ['--ray-client-server-port', String(rest[0]), '--temp-dir', path.join(temporary, 'ray')];
    const resources = ['--resources', '{"head": 1}'];
    await rayStart('head', [...head, ...own, ...resources, '--dashboard-agent-listen-port', String(rest[1])]);
    await rayStart('worker', ['--address', `127.0.0.1:${port}`, '--dashboard-agent-listen-port', String(rest[2])]);
    await untilReady();
  } catch (error) {
    await killEverything();
    throw error;
  }

  return {
    address,
    token,
    temporary,
    /** Takes all CPUs of the head, so that whatever comes next gets to the other node; answers how to give them back. */
    async occupyHead(): Promise<() => Promise<void>> {
      const id = 'occupies-the-head';
      const ask = async (method: string, at: string, body?: object) => {
        const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
        const sent = body === undefined ? {} : { body: JSON.stringify(body) };
        const request = { method, headers, timeoutMs: 20_000, maxBytes: 1_000_000, ...sent };
        const answer = await sendRequest(`${address}/api/jobs/${at}`, request);
        if (answer.status !== 200) throw new Error(`${method} ${at}: ${answer.status} ${answer.text}`);
        return JSON.parse(answer.text);
      };
      const needs = { entrypoint_num_cpus: options.cpusOfEach, entrypoint_resources: { head: 1 } };
      await ask('POST', '', { submission_id: id, entrypoint: 'exec sleep 600', ...needs });
      for (const deadline = Date.now() + 60_000; ; await sleep(200)) {
        const { status } = await ask('GET', id);
        if (status === 'RUNNING') break;
        if (Date.now() > deadline) throw new Error(`the head is not taken but ${status}`);
      }
      return async () => void (await ask('POST', `${id}/stop`));
    },
    /** The Ray processes of the second node, without a word; what they had started is left to itself. */
    async killWorkerNode(): Promise<void> {
      const ray = (await processesOf(`worker of ${temporary}`)).filter(({ command }) =>
        /raylet\/raylet |RuntimeEnvAgent|DashboardAgent/.test(command),
      );
      if (ray.length === 0) throw new Error('the second node does not run');
      for (const { pid } of ray) kill(pid);
    },
    close: killEverything,
  };
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it ended by itself
  }
}

/**
 * Free now, and not where the system or Ray's workers (10002 to 19999) take theirs from in the seconds until they are
 * used.
 */
async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = randomInt(20_000, 32_000);
    if (await isFree(port)) found.add(port);
  }
  return [...found];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}
