import { spawn } from 'node:child_process';
import { groupMemory, signalGroup } from './process-group.ts';
import { createLineSplitter } from './split-lines.ts';

export type CommandEnd =
  | { kind: 'exit'; code: number }
  | { kind: 'signal'; signal: string }
  | { kind: 'timeout' }
  | { kind: 'memory'; bytes: number }
  | { kind: 'stopped' }
  | { kind: 'cannot-start'; message: string };

export type Command = {
  argv: string[];
  cwd: string;
  /** The whole environment: nothing is inherited. */
  env: Record<string, string>;
  timeoutMs: number;
  /** Of all processes together; 0: not limited. */
  memoryBytes: number;
  stop: AbortSignal;
  onLine(stream: 'stdout' | 'stderr', line: string): void;
};

const GRACE_MS = 5_000;
const MEMORY_INTERVAL_MS = 1_000;
const KEEP_CHARACTERS = 16_384;

/** Runs a program, without a shell, in a process group of its own; whatever it left behind is ended with it. */
export function runCommand(command: Command): Promise<CommandEnd> {
  return new Promise((resolve) => {
    const [program, ...args] = command.argv;
    if (program === undefined) return resolve({ kind: 'cannot-start', message: 'the command is empty' });
    const child = spawn(program, args, {
      cwd: command.cwd,
      env: command.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { pid } = child;
    if (pid === undefined) {
      child.once('error', (error) => resolve({ kind: 'cannot-start', message: error.message }));
      return;
    }

    let reason: CommandEnd | undefined;
    let hardKill: NodeJS.Timeout | undefined;
    function end(why: CommandEnd): void {
      if (reason) return;
      reason = why;
      signalGroup(pid!, 'SIGTERM');
      hardKill = setTimeout(() => signalGroup(pid!, 'SIGKILL'), GRACE_MS);
    }
    const timeout = setTimeout(() => end({ kind: 'timeout' }), Math.min(command.timeoutMs, 2 ** 31 - 1));
    const memory = command.memoryBytes > 0 ? setInterval(checkMemory, MEMORY_INTERVAL_MS) : undefined;
    async function checkMemory(): Promise<void> {
      const bytes = await groupMemory(pid!);
      if (bytes > command.memoryBytes) end({ kind: 'memory', bytes });
    }
    const stop = () => end({ kind: 'stopped' });
    command.stop.addEventListener('abort', stop);
    if (command.stop.aborted) stop();

    for (const stream of ['stdout', 'stderr'] as const) {
      const splitter = createLineSplitter(KEEP_CHARACTERS, (line) => command.onLine(stream, line));
      child[stream].on('data', splitter.write).on('close', splitter.end);
    }
    // the program may have left children that hold the pipes open; without this, 'close' would wait for them
    child.once('exit', () => signalGroup(pid, 'SIGKILL'));
    child.once('error', (error) => end({ kind: 'cannot-start', message: error.message }));
    child.once('close', (code, signal) => {
      clearTimeout(timeout);
      clearTimeout(hardKill);
      clearInterval(memory);
      command.stop.removeEventListener('abort', stop);
      resolve(reason ?? (code === null ? { kind: 'signal', signal: signal ?? 'unknown' } : { kind: 'exit', code }));
    });
  });
}
