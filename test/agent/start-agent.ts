import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The agent as a process of its own, as runners start it. */
export function startAgent(
  world: { url: string; workRoot: string; folder: string },
  token: string,
  over: { serverUrl?: string; env?: Record<string, string> } = {},
) {
  const program = fileURLToPath(import.meta.resolve('./agent-process.ts'));
  const server = over.serverUrl ?? world.url;
  const child = spawn(process.execPath, ['--import', 'tsx', program, '--server', server, '--work', world.workRoot], {
    env: { PATH: process.env.PATH, SLUICE_AGENT_TOKEN: token, SLUICE_DATA_ROOT: world.folder, ...over.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  return {
    pid: child.pid!,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    said: () => said,
    ended: new Promise<number | NodeJS.Signals>((resolve) => {
      child.once('close', (code, signal) => resolve(code ?? signal ?? -1));
    }),
    /** Highest resident memory so far, in bytes; 0 when it has ended. */
    async peakMemory(): Promise<number> {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
      return Number(/^VmHWM:\s*(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
    },
  };
}
