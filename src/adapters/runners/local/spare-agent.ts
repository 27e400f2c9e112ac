import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { renameSync } from 'node:fs';
import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import path from 'node:path';
import type { SpareOrder } from '../../../ports/spare-order.ts';
import { identify, isAlive, type ProcessId } from './processes.ts';

/** In the file `spare-….json` until it gets work: it ends with its owner. */
export type SpareFile = ProcessId & { owner: ProcessId };

export const SPARE_PREFIX = 'spare-';

export type SpareAgent = {
  /** Has one started in a while, unless one waits. */
  prepare(delayMs: number): void;
  /** Gives it the work, whose files it has from before it knows; undefined: there is none. */
  take(order: SpareOrder): Promise<ProcessId | undefined>;
  /** Ends one that waits. None is started afterwards. */
  close(): Promise<void>;
};

type Waiting = { id: string; child: ChildProcess; agent: ProcessId };

/**
 * One agent that is started ahead and has loaded all it needs when work comes. It has no name and no token before, and
 * is found by its files: pid file and log of a spare become those of the attempt.
 */
export function createSpareAgent(options: {
  /** Program and arguments of an agent that waits for its order. */
  command: string[];
  /** Pid files and logs. */
  folder: string;
  environment(): Record<string, string>;
}): SpareAgent {
  const file = (name: string, kind: 'json' | 'log') => path.join(options.folder, `${name}.${kind}`);
  let waiting: Waiting | undefined;
  let starting: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  async function start(): Promise<void> {
    const id = `${SPARE_PREFIX}${randomUUID()}`;
    await mkdir(options.folder, { recursive: true });
    const child = await spawnWaiting(id);
    const spare = { id, child, agent: await identify(child.pid!) };
    const written: SpareFile = { ...spare.agent, owner: await identify(process.pid) };
    await writeFile(file(id, 'json'), JSON.stringify(written));
    if (closed || hasEnded(child)) return remove(spare);
    waiting = spare;
    child.once('exit', () => {
      if (waiting !== spare) return;
      waiting = undefined;
      void remove(spare);
    });
  }

  async function spawnWaiting(id: string): Promise<ChildProcess> {
    const [program, ...args] = options.command;
    const log = await open(file(id, 'log'), 'a', 0o600);
    try {
      const child = spawn(program!, args, {
        detached: true,
        stdio: ['pipe', log.fd, log.fd],
        env: options.environment(),
      });
      await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
      // one that is gone is noticed by its exit
      child.stdin!.on('error', () => undefined);
      child.unref();
      (child.stdin as Socket).unref();
      return child;
    } catch (error) {
      await rm(file(id, 'log'), { force: true });
      throw error;
    } finally {
      await log.close();
    }
  }

  async function remove({ id, child }: Waiting): Promise<void> {
    if (!hasEnded(child)) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.ref();
      child.kill('SIGKILL');
      await gone;
    }
    await Promise.all([rm(file(id, 'json'), { force: true }), rm(file(id, 'log'), { force: true })]);
  }

  return {
    prepare(delayMs) {
      clearTimeout(timer);
      if (closed) return;
      timer = setTimeout(() => {
        if (closed || waiting || starting) return;
        // without one, work is done by an agent that is started for it, and that says why it cannot be
        starting = start()
          .catch(() => undefined)
          .finally(() => {
            starting = undefined;
          });
      }, delayMs).unref();
    },
    async take(order) {
      const spare = waiting;
      waiting = undefined;
      if (!spare) return undefined;
      if (hasEnded(spare.child) || !isAlive(spare.agent)) {
        await remove(spare);
        return undefined;
      }
      // found by its name from here on: killed before it has its order, it ends by itself and another attempt follows.
      // At once, since a server that has just planned has much else to do and each wait would be behind that
      renameSync(file(spare.id, 'json'), file(order.name, 'json'));
      renameSync(file(spare.id, 'log'), file(order.name, 'log'));
      const told = new Promise<boolean>((resolve) => {
        spare.child.once('exit', () => resolve(false));
        const line = `${JSON.stringify(order)}\n`;
        spare.child.stdin!.end(line, (error?: Error | null) => resolve(!error && !hasEnded(spare.child)));
      });
      if (await told) return spare.agent;
      await rm(file(order.name, 'json'), { force: true });
      return undefined;
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await starting;
      const spare = waiting;
      waiting = undefined;
      if (spare) await remove(spare);
    },
  };
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;
