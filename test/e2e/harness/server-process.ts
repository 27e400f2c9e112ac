import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { until } from '../../../src/cli/demo/until.ts';
import { selfCommand } from '../../../src/self-command.ts';
import type { TestWorld } from './start-world.ts';

export type ServerProcess = {
  /** Starts it and resolves as soon as it runs; `ready` waits until it answers. */
  launch(): Promise<void>;
  ready(): Promise<void>;
  /** SIGKILL to the server alone: agents and inference servers live on. Resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** The last lines of what it said. */
  log(lines: number): Promise<string>;
};

/** `sluice server` as a process of its own, on the world's port and state folder. */
export function createServerProcess(world: TestWorld): ServerProcess {
  const logFile = path.join(world.folder, 'server.log');
  let child: ChildProcess | undefined;

  async function launch(): Promise<void> {
    const [program, ...args] = selfCommand('server');
    const log = await open(logFile, 'a');
    try {
      const { PATH, HOME } = process.env;
      const started = spawn(program!, args, {
        stdio: ['ignore', log.fd, log.fd],
        env: { PATH, HOME, ...world.env, LOG_LEVEL: process.env.LOG_LEVEL ?? 'info' },
      });
      child = started;
      await new Promise((resolve, reject) => started.once('spawn', resolve).once('error', reject));
    } finally {
      await log.close();
    }
  }

  async function ready(): Promise<void> {
    await until('the server to be ready', 60, async () => {
      if (child?.exitCode !== null) throw new Error(`the server ended by itself:\n${await tail(logFile, 30)}`);
      const answer = await fetch(`http://127.0.0.1:${world.config.port}/readyz`).catch(() => undefined);
      return answer?.ok || undefined;
    });
  }

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    const ending = child;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return ending?.exitCode ?? null;
    const gone = new Promise<number | null>((resolve) => ending.once('exit', resolve));
    ending.kill(signal);
    return gone;
  }

  return {
    launch,
    ready,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    log: (lines) => tail(logFile, lines),
  };
}

async function tail(file: string, lines: number): Promise<string> {
  return (await readFile(file, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-lines).join('\n');
}
