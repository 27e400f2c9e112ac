import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../domain/errors.ts';
import type { Job } from '../../../domain/jobs/job.ts';
import type { Runner } from '../../../ports/runner.ts';
import { findStarted, findTree, identify, isAlive, type ProcessId, signal } from './processes.ts';
import { removeWork } from './remove-work.ts';
import { createSpareAgent, SPARE_PREFIX, type SpareFile } from './spare-agent.ts';

export type LocalRunnerOptions = {
  /** Program and arguments that run an agent; `--server` and `--work` are added. */
  agentCommand: string[];
  /** The same for an agent that is started ahead and waits for its work; absent: none is. `--work` is added. */
  spareCommand?: string[];
  /** How long after our own start and after a job was handed over that is done; 2 s and 1 s by default. */
  spareDelaysMs?: { atStart: number; afterJob: number };
  /** Agents work in here; their diagnosis and pid files are in `agents/` below. */
  workRoot: string;
  /** Added to the few variables that agents get of ours. */
  env?: Record<string, string>;
};

const PASSED_ON = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'CUDA_VISIBLE_DEVICES',
  'NVIDIA_VISIBLE_DEVICES',
  'LD_LIBRARY_PATH',
  'OMP_NUM_THREADS',
  'VIRTUAL_ENV',
  'CONDA_PREFIX',
  'SLUICE_NODE_MODULES',
];
/** The agent ends its command within five seconds of being asked. */
const GRACE_MS = 7_000;
const POLL_MS = 50;
const REASON_CHARACTERS = 500;
const KEEP_LINES = 200;
/** A spare agent is started when the command of the one before runs, and a server has other things to do at first. */
const SPARE_DELAYS_MS = { atStart: 2_000, afterJob: 1_000 };
const KEEP_LOGS_MS = 7 * 24 * 3_600_000;

/** Agents as processes of this machine that outlive us: they wait for a server that is being restarted. */
export function createLocalRunner(options: LocalRunnerOptions): Runner & { close(): Promise<void> } {
  const folder = path.join(options.workRoot, 'agents');
  const environment = () => ({ ...passedOn(), ...options.env });
  const spare =
    options.spareCommand &&
    createSpareAgent({ command: [...options.spareCommand, '--work', options.workRoot], folder, environment });
  const delaysMs = options.spareDelaysMs ?? SPARE_DELAYS_MS;
  spare?.prepare(delaysMs.atStart);
  const pidFile = (name: string) => path.join(folder, `${name}.json`);
  /** There from before an agent is started for an attempt, until it is ended. */
  const startFile = (name: string) => path.join(folder, `${name}.starting`);
  const logFile = (name: string) => path.join(folder, `${name}.log`);

  async function find(name: string): Promise<ProcessId | undefined> {
    const text = await readFile(pidFile(name), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    const { pid, startTime } = JSON.parse(text) as ProcessId;
    return { pid, startTime };
  }

  async function said(name: string): Promise<string[]> {
    const text = await readFile(logFile(name), 'utf8').catch(() => '');
    return text.split('\n').filter((line) => line.trim() !== '');
  }

  async function start(name: string, access: { serverUrl: string; token: string }): Promise<ProcessId> {
    const [program, ...args] = options.agentCommand;
    await mkdir(folder, { recursive: true });
    await writeFile(startFile(name), '');
    const log = await open(logFile(name), 'a', 0o600);
    try {
      const child = spawn(program!, [...args, '--server', access.serverUrl, '--work', options.workRoot], {
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
        env: { ...environment(), SLUICE_AGENT_TOKEN: access.token, SLUICE_JOB: name },
      });
      await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
      child.unref();
      return await identify(child.pid!);
    } catch (error) {
      throw new AppError('config/environment', `an agent cannot be started: ${(error as Error).message}`, {
        cause: error,
      });
    } finally {
      await log.close();
    }
  }

  async function end(name: string, known: ProcessId | undefined): Promise<void> {
    const agent = known ?? (await find(name)) ?? { pid: -1, startTime: 'unknown' };
    const variable = `SLUICE_JOB=${name}`;
    const killAt = Date.now() + GRACE_MS;
    if (isAlive(agent)) signal(agent.pid, 'SIGTERM');
    for (;;) {
      const left = await findTree(agent, variable);
      if (left.length === 0) break;
      // orphans have nobody who would end them in an orderly way
      const orphaned = !left.includes(agent.pid);
      if (orphaned || Date.now() > killAt) for (const pid of left) signal(pid, 'SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    await Promise.all([pidFile(name), startFile(name)].map((file) => rm(file, { force: true })));
    await removeWork(path.join(options.workRoot, name));
  }

  return {
    async submit(job, access) {
      const name = nameOf(job);
      const known = existsSync(pidFile(name)) ? await find(name) : undefined;
      if (known) return { handle: known };
      // we may have died between starting one and writing that down
      const before = existsSync(startFile(name))
        ? await findStarted(`SLUICE_JOB=${name}`, 'SLUICE_AGENT_TOKEN')
        : undefined;
      const ready = before ? undefined : await spare?.take({ name, ...access });
      spare?.prepare(delaysMs.afterJob);
      if (ready) return { handle: ready };
      const started = before ?? (await start(name, access));
      const written = `${pidFile(name)}.new`;
      await writeFile(written, JSON.stringify(started));
      await rename(written, pidFile(name));
      return { handle: started };
    },
    async status(job) {
      const agent = (await find(nameOf(job))) ?? (job.handle as ProcessId | undefined);
      if (agent && isAlive(agent)) return { state: 'running' };
      const last = (await said(nameOf(job))).at(-1)?.slice(-REASON_CHARACTERS);
      const reason = `its process is gone${last === undefined ? '' : `; it last said: ${last}`}`;
      return { state: 'gone', reason, fault: 'infrastructure' };
    },
    logs: async (job) => (await said(nameOf(job))).slice(-KEEP_LINES),
    cancel: (job) => end(nameOf(job), job.handle as ProcessId | undefined),
    async reap(live) {
      const names = (await readdir(folder).catch(() => []))
        .filter((file) => file.endsWith('.json'))
        .map((file) => file.slice(0, -'.json'.length));
      const wanted = new Set((await live()).map(nameOf));
      let reaped = 0;
      for (const name of names.filter((candidate) => !wanted.has(candidate))) {
        if (await isSpareOfTheLiving(name)) continue;
        const agent = await find(name);
        if (agent && (await findTree(agent, `SLUICE_JOB=${name}`)).length > 0) reaped += 1;
        await end(name, agent);
      }
      await removeOldLogs(folder);
      return reaped;
    },
    close: async () => spare?.close(),
  };

  async function isSpareOfTheLiving(name: string): Promise<boolean> {
    if (!name.startsWith(SPARE_PREFIX)) return false;
    const text = await readFile(pidFile(name), 'utf8').catch(() => undefined);
    return text !== undefined && isAlive((JSON.parse(text) as SpareFile).owner);
  }
}

async function removeOldLogs(folder: string): Promise<void> {
  const logs = (await readdir(folder).catch(() => [])).filter((file) => file.endsWith('.log'));
  for (const log of logs.map((file) => path.join(folder, file))) {
    const written = await stat(log).catch(() => undefined);
    if (written && Date.now() - written.mtimeMs > KEEP_LOGS_MS) await rm(log, { force: true });
  }
}

/** The agent calls its own folder so, too. */
function nameOf(job: Job): string {
  return `${job.id}.${job.attempt}`;
}

function passedOn(): Record<string, string> {
  return Object.fromEntries(PASSED_ON.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}
