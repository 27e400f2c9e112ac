import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { until } from '../../src/cli/demo/until.ts';
import { PROJECT } from '../../test/e2e/harness/fixture.ts';
import type { TestWorld } from '../../test/e2e/harness/start-world.ts';

/** The server as it is shipped: compiled, in a process of its own. Answers when it is ready; `stop` waits for its end. */
export async function startBuiltServer(world: TestWorld): Promise<{ stop(): Promise<void> }> {
  await promisify(execFile)('npm', ['run', 'build'], { cwd: PROJECT }).catch((error: { stdout?: string }) => {
    throw new Error(`npm run build: ${error.stdout ?? error}`);
  });
  const file = path.join(world.folder, 'server.log');
  const log = await open(file, 'a');
  const { PATH, HOME } = process.env;
  const child: ChildProcess = spawn(process.execPath, [path.join(PROJECT, 'dist/cli/main.js'), 'server'], {
    stdio: ['ignore', log.fd, log.fd],
    env: { PATH, HOME, ...world.env, SLUICE_SPARE_AGENT: 'on', LOG_LEVEL: 'warn' },
  });
  await log.close();
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await until('the server to be ready', 60, async () => {
    if (child.exitCode !== null) throw new Error(`the server ended by itself:\n${await readFile(file, 'utf8')}`);
    const answer = await fetch(`http://127.0.0.1:${world.config.port}/readyz`).catch(() => undefined);
    return answer?.ok || undefined;
  });
  return {
    stop: async () => {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await gone;
    },
  };
}
