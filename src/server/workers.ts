import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { AppError } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Lease, WorkQueue } from '../ports/store.ts';
import type { Metrics } from './metrics.ts';
import { retryDelay } from './retry-delay.ts';

/** One look at a key. `at` (epoch ms): look again then; undefined: when something happens. */
export type Reconcile = (key: string, log: Logger) => Promise<{ at: number } | undefined>;

export type Workers = {
  /** Takes nothing more and waits for what is running, at most `graceMs`. Answers whether all of it ended. */
  stop(graceMs: number): Promise<boolean>;
};

type Deps = {
  queue: WorkQueue;
  reconcile: Reconcile;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  concurrency?: number;
  leaseMs?: number;
  pollMs?: number;
};

const kindOf = (key: string): string => key.slice(0, key.indexOf(':'));

/** `owner/name` inside a key, for the log. */
const repositoryOf = (key: string): string | undefined => /^[a-z]+:([^/#@:]+\/[^/#@:]+)/.exec(key)?.[1];

export function startWorkers(deps: Deps): Workers {
  const { queue, clock, metrics, leaseMs = 60_000 } = deps;
  let stopped = false;
  let running = 0;
  let filling: Promise<void> | undefined;
  let again = false;
  const done = new Set<() => void>();

  const look = async (lease: Lease): Promise<void> => {
    const { key, attempt } = lease;
    const repository = repositoryOf(key);
    const log = deps.log.child({ key, ...(repository ? { repository } : {}) });
    const keeping = setInterval(() => {
      queue.extend(lease, leaseMs).catch((error) => log.warn({ err: error }, 'the lease could not be extended'));
    }, leaseMs / 3);
    const end = metrics.reconciles.startTimer({ kind: kindOf(key) });
    try {
      const next = await deps.reconcile(key, log);
      end();
      if (next) await queue.request(key, next.at);
      await queue.finish(lease);
    } catch (error) {
      end();
      const delay = retryDelay(error, attempt, Math.random, clock.now());
      report(log, key, error, delay);
      await queue.finish(lease, clock.now() + delay);
    } finally {
      clearInterval(keeping);
    }
  };

  const report = (log: Logger, key: string, error: unknown, delay: number): void => {
    const code = error instanceof AppError ? error.code : 'bug/unknown';
    metrics.reconcileErrors.inc({ kind: kindOf(key), code });
    const fields = { err: error, code, retryInMs: delay };
    if (code === 'conflict/stale') log.debug(fields, 'moved meanwhile; looking again');
    else if (code.startsWith('bug/')) log.error({ ...fields, id: randomUUID() }, 'an error of ours');
    else log.warn(fields, 'will be tried again');
  };

  const start = (lease: Lease): void => {
    running += 1;
    look(lease)
      // a lease that cannot be ended runs out by itself, and the key comes again
      .catch((error) => deps.log.error({ err: error, key: lease.key }, 'the queue cannot be reached'))
      .finally(() => {
        running -= 1;
        for (const tell of done) tell();
        fill();
      });
  };

  const takeAll = async (): Promise<void> => {
    do {
      again = false;
      while (!stopped && running < (deps.concurrency ?? 4)) {
        const lease = await queue.take(leaseMs);
        if (!lease) break;
        start(lease);
      }
    } while (again && !stopped);
  };

  const fill = (): void => {
    again = true;
    if (stopped) return;
    filling ??= takeAll()
      .catch((error) => deps.log.error({ err: error }, 'the queue cannot be read'))
      .finally(() => {
        filling = undefined;
        // asked for between the last look and here
        if (again && !stopped) fill();
      });
  };

  const offWork = queue.onWork(fill);
  // keys that become due later, and wakes that got lost
  const timer = setInterval(fill, deps.pollMs ?? 5_000);
  fill();

  return {
    stop: async (graceMs) => {
      stopped = true;
      offWork();
      clearInterval(timer);
      await filling;
      const drained = new Promise<void>((resolve) => {
        const check = (): void => {
          if (running === 0) resolve();
        };
        done.add(check);
        check();
      });
      const late = new Promise<'late'>((resolve) => setTimeout(resolve, graceMs, 'late').unref());
      return (await Promise.race([drained, late])) !== 'late';
    },
  };
}
