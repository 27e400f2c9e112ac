import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { ActionError } from './action-error.ts';
import type { Io } from './io.ts';

export type Ended = {
  code: number;
  stdout: string;
  stderr: string[];
  /** It was asked to end by a signal that was passed on. */
  interrupted: boolean;
};

type Options = {
  env: Record<string, string | undefined>;
  cwd?: string;
  /** Passes on that the step is to end. */
  forwardSignals?: boolean;
};

/** GitHub sends SIGINT, SIGTERM 7.5 s later, and kills 2.5 s after that without asking who was left behind. */
const AFTER_FIRST_MS = 8_000;
const AFTER_SECOND_MS = 1_000;

/** For the last lines of a program that has ended. */
const DRAIN_MS = 1_000;

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
  const signals = forwardSignals ? passSignalsOn(io, child) : undefined;
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
      // What it left behind may hold its output open for ever.
      child.on('exit', () =>
        setTimeout(() => [child.stdout, child.stderr].map((one) => one.destroy()), DRAIN_MS).unref(),
      );
    });
    return { code, stdout: Buffer.concat(out).toString('utf8'), stderr, interrupted: (signals?.count() ?? 0) > 0 };
  } catch (cause) {
    throw new ActionError(`starting ${program}: ${(cause as Error).message}`, { cause });
  } finally {
    signals?.stop();
  }
}

function passSignalsOn(io: Io, child: ReturnType<typeof spawn>): { count(): number; stop(): void } {
  let count = 0;
  let killer: NodeJS.Timeout | undefined;
  const pass = (signal: NodeJS.Signals) => {
    count += 1;
    io.info(`${signal}: the program is asked to end`);
    child.kill('SIGTERM');
    clearTimeout(killer);
    killer = setTimeout(() => child.kill('SIGKILL'), count === 1 ? AFTER_FIRST_MS : AFTER_SECOND_MS);
  };
  process.on('SIGINT', pass).on('SIGTERM', pass);
  return {
    count: () => count,
    stop() {
      clearTimeout(killer);
      process.off('SIGINT', pass).off('SIGTERM', pass);
    },
  };
}
