import { type ChildProcess, spawn } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMonitorTokens } from '../../../src/domain/monitor/monitor-token.ts';
import { servingFolder } from '../../../src/domain/rollout/serving-folder.ts';
import { testConfig } from '../../server/server-world.ts';
import { REPOSITORY } from '../../web/monitor-world.ts';

export type IngestProcess = {
  url: string;
  /** Resolves when it answers. */
  launch(): Promise<void>;
  kill(): Promise<void>;
  /** SIGTERM; resolves with its exit code. */
  stop(): Promise<number | null>;
  pid(): number;
  tokenOf(monitor: string): string;
  logFolder(monitor: string): string;
};

type Given = {
  monitors?: string[];
  env?: Record<string, string>;
  /** Largest file that it may write, in KB. */
  fileLimit?: number;
};

/** An ingest server on a port that stays its own over restarts. */
export async function createIngestProcess(folder: string, given: Given = {}): Promise<IngestProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const tokens = createMonitorTokens(testConfig.agentSecret);
  let child: ChildProcess | undefined;

  async function launch(): Promise<void> {
    const { PATH, HOME } = process.env;
    const env = {
      PATH,
      HOME,
      APP_ID: '12',
      PRIVATE_KEY: testConfig.privateKey,
      WEBHOOK_SECRET: testConfig.webhookSecret,
      SLUICE_SECRET: testConfig.agentSecret,
      SLUICE_STATE: folder,
      GHE_HOST: '127.0.0.1:9',
      GHE_PROTOCOL: 'http',
      PORT: String(port),
      LOG_LEVEL: 'silent',
      MONITORS: (given.monitors ?? ['live']).join(','),
      ...given.env,
    } as unknown as NodeJS.ProcessEnv;
    const node = [process.execPath, '--import', 'tsx', path.join(import.meta.dirname, 'ingest-server.ts')];
    const [program, ...args] = given.fileLimit
      ? ['bash', '-c', `ulimit -f ${given.fileLimit}; exec "$@"`, 'bash', ...node]
      : node;
    const started = spawn(program!, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
    child = started;
    const end = Date.now() + 60_000;
    for (;;) {
      const answer = await fetch(`${url}/healthz`).catch(() => undefined);
      if (answer?.ok) return;
      if (started.exitCode !== null || Date.now() > end) throw new Error('the ingest server does not start');
      await sleep(20);
    }
  }

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    const ending = child;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return ending?.exitCode ?? null;
    const gone = new Promise<number | null>((resolve) => ending.once('exit', resolve));
    ending.kill(signal);
    return gone;
  }

  return {
    url,
    launch,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    pid: () => child!.pid!,
    tokenOf: (monitor) => tokens.issue({ repository: REPOSITORY, monitor }, 1),
    logFolder: (monitor) => servingFolder(path.join(folder, 'observations'), REPOSITORY, monitor),
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
