import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { ActionError } from './action-error.ts';
import type { Io } from './io.ts';

export type Ended = { code: number; stdout: string; stderr: string[] };

type Options = {
  env: Record<string, string | undefined>;
  cwd?: string;
  /** Once for each signal that GitHub sends; until the program has ended. */
  forwardSignals?: { graceMs: number };
};

/** Lines at the end of stderr that are kept to say why a program failed. */
const KEPT_LINES = 1_000;

/**
 * Program and arguments, no shell. What it says on stderr goes to the step's log at once, without being read as workflow
 * commands: a training script could otherwise set outputs or annotations of this step. `code` of one that a signal ended
 * is 128 and the signal's number, as shells have it.
 */
export async function runProgram(io: Io, [program, ...args]: string[], options: Options): Promise<Ended> {
  const mark = randomUUID();
  io.info(`::stop-commands::${mark}`);
  try {
    return await runQuietly(io, program!, args, options);
  } finally {
    io.info(`::${mark}::`);
  }
}

async function runQuietly(io: Io, program: string, args: string[], options: Options): Promise<Ended> {
  const { env, cwd, forwardSignals } = options;
  const child = spawn(program, args, { env, ...(cwd ? { cwd } : {}), stdio: ['ignore', 'pipe', 'pipe'] });
  const stopForwarding = forwardSignals ? forward(io, child, forwardSignals.graceMs) : () => {};
  const out: Buffer[] = [];
  const stderr: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  createInterface({ input: child.stderr }).on('line', (line) => {
    io.info(line);
    stderr.push(line);
    if (stderr.length > KEPT_LINES) stderr.shift();
  });
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (status, signal) => resolve(status ?? 128 + (signal === 'SIGKILL' ? 9 : 15)));
    });
    return { code, stdout: Buffer.concat(out).toString('utf8'), stderr };
  } catch (cause) {
    throw new ActionError(`starting ${program}: ${(cause as Error).message}`, { cause });
  } finally {
    stopForwarding();
  }
}

/** GitHub sends SIGINT, 7.5 s later SIGTERM, and kills 2.5 s after that; nobody would be told what we left behind. */
function forward(io: Io, child: ReturnType<typeof spawn>, graceMs: number): () => void {
  let killer: NodeJS.Timeout | undefined;
  const pass = (signal: NodeJS.Signals) => {
    io.info(`${signal}: the program is asked to end`);
    child.kill('SIGTERM');
    killer ??= setTimeout(() => child.kill('SIGKILL'), graceMs);
  };
  process.on('SIGINT', pass).on('SIGTERM', pass);
  return () => {
    clearTimeout(killer);
    process.off('SIGINT', pass).off('SIGTERM', pass);
  };
}
