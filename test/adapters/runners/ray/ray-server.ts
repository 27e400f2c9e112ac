/**
 * The Jobs API of a Ray cluster in one process: answers as dashboard/modules/job of ray 2.55 does (shapes, status codes,
 * the 500 that wraps a node's 400), and runs entrypoints as its job_supervisor does: with `sh -c` in a session of its
 * own, ended with SIGTERM, then SIGKILL, to the process and all its descendants.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isAlive } from './agents-of.ts';

type Job = {
  status: string;
  entrypoint: string;
  message: string;
  error_type: string | null;
  start_time: number;
  end_time: number | null;
  metadata: Record<string, string> | null;
  runtime_env: { env_vars?: Record<string, string> } | null;
  driver_exit_code: number | null;
};
type Submission = Pick<Job, 'entrypoint' | 'metadata' | 'runtime_env'> & {
  submission_id: string;
  entrypoint_num_cpus: number;
};
type Running = { child: ChildProcess; cpus: number; stopping: boolean };
type Intercept = (request: IncomingMessage, response: ServerResponse) => boolean;

const PENDING =
  'Job has not started yet. It may be waiting for resources (CPUs, GPUs, memory, custom resources) to become available.';

export async function startRayServer(options: { temporary: string; cpus: number; token?: string }) {
  const jobs = new Map<string, Job>();
  const logs = new Map<string, string>();
  const running = new Map<string, Running>();
  const waiting: Submission[] = [];
  /** Asked to end before they began: Ray only marks them, and ends them once it has started them. */
  const marked = new Set<string>();
  const received: { method: string; url: string; body: string }[] = [];
  const world: { intercept: Intercept | undefined } = { intercept: undefined };

  function finish(id: string, change: Partial<Job>): void {
    running.delete(id);
    Object.assign(jobs.get(id)!, { end_time: Date.now(), ...change });
    startWaiting();
  }

  function startWaiting(): void {
    const used = [...running.values()].reduce((sum, { cpus }) => sum + cpus, 0);
    const next = waiting.findIndex((submission) => used + submission.entrypoint_num_cpus <= options.cpus);
    if (next !== -1) start(waiting.splice(next, 1)[0]!);
  }

  function start({ submission_id: id, entrypoint, runtime_env, entrypoint_num_cpus: cpus }: Submission): void {
    const child = spawn('/bin/sh', ['-c', entrypoint], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, TMPDIR: options.temporary, ...runtime_env?.env_vars },
    });
    logs.set(id, `Running entrypoint for job ${id}: ${entrypoint}\n`);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => logs.set(id, logs.get(id) + chunk.toString()));
    }
    running.set(id, { child, cpus, stopping: false });
    Object.assign(jobs.get(id)!, { status: 'RUNNING', message: 'Job is currently running.' });
    child.once('exit', (code, signal) => {
      if (running.get(id)?.stopping !== false) return;
      const exit = code ?? -(signal === 'SIGKILL' ? 9 : 15);
      if (exit === 0)
        return finish(id, { status: 'SUCCEEDED', message: 'Job finished successfully.', driver_exit_code: 0 });
      const tail = `last available logs (truncated to 20,000 chars):\n${logs.get(id)}`;
      finish(id, {
        status: 'FAILED',
        message: `Job entrypoint command failed with exit code ${exit}, ${tail}`,
        error_type: 'JOB_ENTRYPOINT_COMMAND_ERROR',
        driver_exit_code: exit,
      });
    });
    if (marked.has(id)) void stop(id);
  }

  async function stop(id: string): Promise<void> {
    const job = running.get(id);
    if (!job) return;
    job.stopping = true;
    const tree = descendants(job.child.pid!);
    signalAll(tree, 'SIGTERM');
    const patience = Number(jobs.get(id)!.runtime_env?.env_vars?.RAY_JOB_STOP_WAIT_TIME_S ?? 3) * 1_000;
    const killAt = Date.now() + patience;
    while (tree.some(isAlive) && Date.now() < killAt) await new Promise((resolve) => setTimeout(resolve, 20));
    signalAll(tree, 'SIGKILL');
    finish(id, { status: 'STOPPED', message: 'Job was intentionally stopped.' });
  }

  function submit(submission: Submission): [number, string] {
    const id = submission.submission_id;
    if (typeof submission.entrypoint !== 'string') return [400, 'Traceback\nTypeError: entrypoint must be a string'];
    if (jobs.has(id)) {
      const said = `Job with submission_id ${id} already exists. Please use a different submission_id.`;
      return [500, `Traceback\nRuntimeError: Request failed with status code 400: Traceback\nValueError: ${said}\n.`];
    }
    jobs.set(id, {
      status: 'PENDING',
      entrypoint: submission.entrypoint,
      message: PENDING,
      error_type: null,
      start_time: Date.now(),
      end_time: null,
      metadata: submission.metadata ?? null,
      runtime_env: submission.runtime_env ?? null,
      driver_exit_code: null,
    });
    waiting.push(submission);
    setTimeout(startWaiting, 20);
    return [200, JSON.stringify({ job_id: id, submission_id: id })];
  }

  function answer(method: string, path: string, body: string): [number, string] {
    if (path === '') {
      if (method === 'POST') return submit(JSON.parse(body) as Submission);
      return [200, JSON.stringify([...[...jobs.keys()].map(details), driver])];
    }
    const [id, action] = path.split('/') as [string, string?];
    const job = jobs.get(id);
    if (!job) return [404, `Job ${id} does not exist`];
    if (method === 'GET' && action === undefined) return [200, JSON.stringify(details(id))];
    if (method === 'GET' && action === 'logs') return [200, JSON.stringify({ logs: logs.get(id) ?? '' })];
    if (method === 'POST' && action === 'stop') {
      const isLive = ['PENDING', 'RUNNING'].includes(job.status);
      if (isLive) marked.add(id);
      void stop(id);
      return [200, JSON.stringify({ stopped: isLive })];
    }
    if (method === 'DELETE') {
      if (['PENDING', 'RUNNING'].includes(job.status)) {
        return [500, `Traceback\nRuntimeError: Attempted to delete job '${id}', but it is in a non-terminal state.`];
      }
      jobs.delete(id);
      return [200, JSON.stringify({ deleted: true })];
    }
    return [405, 'Method Not Allowed'];
  }

  /** The State API's list (util/state): one node of this size, and one that was lost. */
  function nodes(url: string): [number, string] {
    if (!url.startsWith('/api/v0/nodes?detail=1')) return [404, 'Not Found'];
    const sizes = [
      { state: 'ALIVE', is_head_node: true, resources_total: { CPU: options.cpus, memory: 8 * 2 ** 30 } },
      { state: 'DEAD', is_head_node: false, resources_total: { CPU: 64, GPU: 8, memory: 512 * 2 ** 30 } },
    ];
    return [200, JSON.stringify({ result: true, msg: '', data: { result: { total: 2, result: sizes } } })];
  }

  function details(id: string) {
    return { type: 'SUBMISSION', job_id: null, submission_id: id, driver_info: null, ...jobs.get(id)! };
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      received.push({ method: request.method!, url: request.url!, body });
      if (world.intercept?.(request, response)) return;
      const given = request.headers.authorization;
      if (options.token !== undefined && given !== `Bearer ${options.token}`) {
        const [status, text] = given ? [403, 'Forbidden: Invalid authentication token'] : [401, 'Unauthorized'];
        response.writeHead(status as number).end(text);
        return;
      }
      if (request.method !== 'GET' && BROWSER.some((header) => request.headers[header] !== undefined)) {
        response.writeHead(405).end(`'${request.method}' method not allowed for browser traffic.`);
        return;
      }
      const [, path] = request.url!.split('/api/jobs/');
      const [status, text] = path === undefined ? nodes(request.url!) : answer(request.method!, path, body);
      response.writeHead(status as number, { 'content-type': 'application/json' }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    jobs,
    received,
    /** Answers true when it has dealt with the request itself. */
    interceptWith(intercept: Intercept | undefined): void {
      world.intercept = intercept;
    },
    pidOf: (id: string) => running.get(id)?.child.pid,
    async close(): Promise<void> {
      waiting.length = 0;
      for (const { child } of running.values()) signalAll(descendants(child.pid!), 'SIGKILL');
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Ray lets no browser change anything (is_browser_request in dashboard/optional_utils.py). */
const BROWSER = ['origin', 'referer', 'sec-fetch-mode', 'sec-fetch-dest', 'sec-fetch-site', 'sec-fetch-user'];

/** What somebody's own program that uses the cluster looks like in the list. */
const driver = {
  type: 'DRIVER',
  job_id: '01000000',
  submission_id: null,
  status: 'RUNNING',
  entrypoint: '',
  metadata: {},
};

function descendants(root: number): number[] {
  const parents = readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      return [[Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])] as const];
    } catch {
      return [];
    }
  });
  const found = new Set([root]);
  for (let before = 0; before !== found.size; ) {
    before = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
  }
  return [...found];
}

function signalAll(pids: number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // it ended by itself
    }
  }
}
