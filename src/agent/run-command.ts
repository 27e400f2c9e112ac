import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { apart } from './apart.ts';
import { type Sample, watchProcesses } from './job-processes.ts';
import { signalGroup } from './process-group.ts';
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
  /** It is code of somebody else: it may not look into our processes, where the machine can see to that. */
  isForeign?: boolean;
  /** It starts nothing that leaves its group: nothing is looked for and nothing measured, which takes its time. */
  staysTogether?: boolean;
  /** What its processes use, about once a second. */
  onSample?(sample: Sample): void;
  /** Of a longer line only the beginning reaches `onLine`; KEEP_CHARACTERS by default. */
  keepCharacters?: number;
  onLine(stream: 'stdout' | 'stderr', line: string): void;
};

const GRACE_MS = 5_000;
/** A command that ends soon is looked at sooner. */
const FIRST_SAMPLE_MS = 50;
const SAMPLE_INTERVAL_MS = 1_000;
/** Where what is left cannot be found and ended (no /proc), its hold on the pipes must not keep us. */
const READ_REST_MS = 3_000;
export const KEEP_CHARACTERS = 16_384;
/** Unique, so that a process of the command is known by it wherever it went. */
const MARK = 'SLUICE_COMMAND';

/**
 * Runs a program, without a shell, in a process group of its own; whatever it left behind, daemons too, is ended with
 * it.
 */
export async function runCommand(command: Command): Promise<CommandEnd> {
  const { argv, cwd, env, isForeign } = command;
  const before = isForeign && argv[0] ? await apart(argv[0], { cwd, path: env.PATH ?? '' }) : [];
  return run({ ...command, argv: [...before, ...argv] });
}

function run(command: Command): Promise<CommandEnd> {
  return new Promise((resolve) => {
    const [program, ...args] = command.argv;
    if (program === undefined) return resolve({ kind: 'cannot-start', message: 'the command is empty' });
    const mark = randomUUID();
    const child = spawn(program, args, {
      cwd: command.cwd,
      env: { ...command.env, [MARK]: mark },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { pid } = child;
    if (pid === undefined) {
      child.once('error', (error) => resolve({ kind: 'cannot-start', message: error.message }));
      return;
    }

    const processes = command.staysTogether ? undefined : watchProcesses(pid, `${MARK}=${mark}`);
    let ended: Promise<unknown> = Promise.resolve();
    let reason: CommandEnd | undefined;
    let hardKill: NodeJS.Timeout | undefined;
    let over = false;
    function end(why: CommandEnd): void {
      if (reason) return;
      reason = why;
      signalGroup(pid!, 'SIGTERM');
      hardKill = setTimeout(() => signalGroup(pid!, 'SIGKILL'), GRACE_MS);
    }
    const timeout = setTimeout(() => end({ kind: 'timeout' }), Math.min(command.timeoutMs, 2 ** 31 - 1));
    let sampling = processes && setTimeout(sample, FIRST_SAMPLE_MS, FIRST_SAMPLE_MS);
    async function sample(waited: number): Promise<void> {
      const taken = await processes?.sample();
      if (taken) command.onSample?.(taken);
      if (taken && command.memoryBytes > 0 && taken.memoryBytes > command.memoryBytes) {
        end({ kind: 'memory', bytes: taken.memoryBytes });
      }
      if (over) return;
      const next = Math.min(waited * 2, SAMPLE_INTERVAL_MS);
      sampling = setTimeout(sample, next, next);
    }
    const stop = () => end({ kind: 'stopped' });
    command.stop.addEventListener('abort', stop);
    if (command.stop.aborted) stop();

    for (const stream of ['stdout', 'stderr'] as const) {
      const splitter = createLineSplitter(command.keepCharacters ?? KEEP_CHARACTERS, (line) =>
        command.onLine(stream, line),
      );
      child[stream].on('data', splitter.write).on('close', splitter.end);
    }
    // the program may have left processes that hold the pipes open; without this, 'close' would wait for them
    child.once('exit', () => {
      over = true;
      clearTimeout(sampling);
      signalGroup(pid, 'SIGKILL');
      ended = Promise.resolve(processes?.endAll()).then(() => setTimeout(letGo, READ_REST_MS).unref());
    });
    function letGo(): void {
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
    }
    child.once('error', (error) => end({ kind: 'cannot-start', message: error.message }));
    child.once('close', (code, signal) => {
      clearTimeout(timeout);
      clearTimeout(hardKill);
      clearTimeout(sampling);
      command.stop.removeEventListener('abort', stop);
      const how: CommandEnd = code === null ? { kind: 'signal', signal: signal ?? 'unknown' } : { kind: 'exit', code };
      void ended.then(() => resolve(reason ?? how));
    });
  });
}
