import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../../domain/errors.ts';
import type { DeploymentStatus } from '../../../ports/deployer.ts';

/** As the process itself writes it into process.json. */
export type ServingProcess = { pid: number; url: string; token: string };

export type ServingReport = {
  ready: boolean;
  versions: DeploymentStatus['versions'];
};

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;
/** All that a process which runs other people's models gets of our environment: it holds our secrets. */
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'TMP', 'TEMP', 'LANG', 'TZ', 'NODE_OPTIONS', 'SystemRoot'];

/** The live process of the folder, if there is one: it answers, and knows the token that process.json names. */
export async function findProcess(folder: string): Promise<ServingProcess | undefined> {
  try {
    const found = JSON.parse(await readFile(path.join(folder, 'process.json'), 'utf8')) as ServingProcess;
    await control(found, 'GET', '/control/state', undefined, 3000);
    return found;
  } catch {
    return undefined;
  }
}

/**
 * Finds the folder's process, or starts one that outlives us. Several callers at once end with one process: the second
 * to start finds the folder claimed and leaves.
 */
export async function ensureProcess(folder: string, serveCommand: string[]): Promise<ServingProcess> {
  await mkdir(folder, { recursive: true });
  const deadline = Date.now() + START_TIMEOUT_MS;
  const token = randomBytes(24).toString('base64url');
  let child: ChildProcess | undefined;
  let startAt = 0;
  for (;;) {
    const found = await findProcess(folder);
    if (found) {
      // Ours lost the race: it must not come up later, when the winner may be gone.
      if (found.token !== token) end(child);
      return found;
    }
    if (Date.now() > deadline) {
      end(child);
      throw new AppError('external/deployer', `The inference process does not start: ${await logTail(folder)}`);
    }
    const ended = child === undefined || child.exitCode !== null || child.signalCode !== null;
    if (ended && Date.now() >= startAt) {
      child = await start(folder, serveCommand, token);
      startAt = Date.now() + 2000;
    }
    await sleep(50);
  }
}

async function start(folder: string, [command, ...args]: string[], token: string): Promise<ChildProcess> {
  const log = await open(path.join(folder, 'serve.log'), 'a', 0o600);
  try {
    const env = Object.fromEntries(
      PASSED_ON.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    );
    const child = spawn(command!, [...args, '--folder', folder, '--host', '127.0.0.1', '--port', '0'], {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      env: { ...env, SLUICE_CONTROL_TOKEN: token },
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (cause) => reject(new AppError('external/deployer', `Starting ${command}`, { cause })));
    });
    child.unref();
    return child;
  } finally {
    await log.close();
  }
}

/** With all that it started: a detached child leads a process group of its own. */
function end(child: ChildProcess | undefined): void {
  if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null) signal(-child.pid, 'SIGKILL');
}

/** Asks the folder's process to end and waits until it has; kills it when it does not. */
export async function stopProcess(folder: string): Promise<void> {
  const found = await findProcess(folder);
  if (!found) return;
  signal(found.pid, 'SIGTERM');
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (signal(found.pid, 0)) {
    if (Date.now() > deadline) {
      // It answered with our token a moment ago: the pid is its own.
      signal(found.pid, 'SIGKILL');
      await rm(path.join(folder, 'process.json'), { force: true });
      return;
    }
    await sleep(20);
  }
}

/** False when there is no such process (any more). A zombie that its parent has yet to reap counts as gone. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/** AppError config/model-invalid when the process refuses the model; external/deployer for anything else. */
export async function control(
  serving: ServingProcess,
  method: 'GET' | 'PUT' | 'POST',
  route: string,
  body?: object,
  timeoutMs = 120_000,
): Promise<ServingReport> {
  let status: number;
  let answer: { error?: string };
  try {
    const response = await fetch(serving.url + route, {
      method,
      headers: { authorization: `Bearer ${serving.token}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    status = response.status;
    answer = (await response.json()) as { error?: string };
  } catch (cause) {
    throw new AppError('external/deployer', `Talking to the inference process at ${serving.url}`, { cause });
  }
  if (status === 200) return answer as unknown as ServingReport;
  const code = status === 422 ? 'config/model-invalid' : 'external/deployer';
  throw new AppError(code, answer.error ?? `The inference process answered ${status}`);
}

async function logTail(folder: string): Promise<string> {
  const text = await readFile(path.join(folder, 'serve.log'), 'utf8').catch(() => '');
  return text.trim().split('\n').slice(-5).join(' | ') || 'its log is empty';
}
