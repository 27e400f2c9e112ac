import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { killTree } from './kill-tree.ts';
import type { StopReason } from './runtime.ts';
import type { Stop } from './stop.ts';

export type StepProcess = {
  command: string;
  args: string[];
  cwd: string;
  env: Record<string, string>;
  onLine: (line: string) => void;
  stop: Stop;
  grace: { interrupt: number; terminate: number };
  /** Milliseconds; undefined: no limit of its own. */
  timeout: number | undefined;
  /** A stop that the step runs in spite of, as `if: always()` does. */
  stoppedBefore: StopReason | undefined;
};

export type StepExit = { code: number | undefined; stopped: StopReason | undefined };

const readLines = (stream: Readable, onLine: (line: string) => void): { flush: () => void } => {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) onLine(part.replace(/\r$/, ''));
  });
  return {
    flush: () => {
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
};

/** Sends a signal to a process, or with a negative id to its group; none there is fine. */
const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

/**
 * Runs a program in a process group of its own. Told to stop, it gets SIGINT, SIGTERM after a while, and then it
 * and all that it started SIGKILL, as GitHub's runner does it; `force` and `lost` kill at once.
 */
export const spawnStep = (step: StepProcess): Promise<StepExit> =>
  new Promise((resolve, reject) => {
    const child = spawn(step.command, step.args, {
      cwd: step.cwd,
      env: step.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const readers = [readLines(child.stdout, step.onLine), readLines(child.stderr, step.onLine)];
    const timers: NodeJS.Timeout[] = [];
    let stopped: StopReason | undefined;
    const later = (milliseconds: number, act: () => void): void => void timers.push(setTimeout(act, milliseconds));
    const stop = (reason: StopReason): void => {
      stopped = reason;
      const { pid } = child;
      if (pid === undefined) return;
      if (reason === 'force' || reason === 'lost') {
        killTree(pid);
        return;
      }
      const { interrupt, terminate } = step.grace;
      signal(pid, 'SIGINT');
      later(interrupt, () => signal(pid, 'SIGTERM'));
      later(interrupt + terminate, () => killTree(pid));
    };
    const unlisten = step.stop.listen(stop);
    if (step.timeout !== undefined) later(step.timeout, () => stop('timeout'));
    const already = step.stop.reason();
    if (already !== step.stoppedBefore && already) stop(already);
    const finish = (code: number | null): void => {
      unlisten();
      for (const timer of timers) clearTimeout(timer);
      for (const reader of readers) reader.flush();
      resolve({ code: code ?? undefined, stopped });
    };
    child.on('error', (error) => {
      unlisten();
      for (const timer of timers) clearTimeout(timer);
      reject(error);
    });
    child.on('exit', (code) => {
      if (stopped && child.pid !== undefined) signal(-child.pid, 'SIGKILL');
      // whatever it left behind may hold its output open for ever
      const giveUp = setTimeout(() => child.stdout.destroy().emit('close') && child.stderr.destroy(), 2000);
      child.once('close', () => {
        clearTimeout(giveUp);
        finish(code);
      });
    });
  });
