import type { Logger } from 'pino';
import type { Clock } from '../ports/clock.ts';
import { repeat } from './background.ts';
import type { Composition } from './composition.ts';
import { startInboxPump } from './inbox-pump.ts';
import type { Metrics } from './metrics.ts';
import { requestMissedDeliveries } from './missed-deliveries.ts';
import { refreshRepositories } from './refresh-repositories.ts';
import { startWorkers } from './workers.ts';

const minute = 60_000;
const soonAfterStart = 15_000;
const handledKept = 7 * 24 * 60 * minute;

export type BackgroundWork = {
  /** A delivery was stored. */
  onReceived(): void;
  /** Takes nothing more. Answers whether all that was running ended in time. */
  stop(graceMs: number): Promise<boolean>;
};

/** Everything that the process does by itself: inbox, workers, resync, search for deliveries that never arrived. */
export function startBackgroundWork(given: {
  composition: Composition;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  /** Milliseconds between two looks at everything, and between two looks at GitHub's delivery log. */
  resyncMs: number;
  recoverMs: number;
}): BackgroundWork {
  const { composition, clock, log, metrics } = given;
  const { store, deliveryLog, installations, reconcile } = composition;

  const attempt = (what: string, action: () => Promise<void>) => async (): Promise<void> => {
    try {
      await action();
    } catch (error) {
      log.error({ err: error }, `${what} did not work; it will be tried again`);
    }
  };
  const refresh = (): Promise<void> => refreshRepositories(store, installations);
  const handlers = { ...composition.handlers, onInstallationsChanged: refresh };
  const pump = startInboxPump({ store, handlers, clock, log, metrics });
  const workers = startWorkers({ queue: store.queue, reconcile, clock, log, metrics });
  const resync = attempt('the resync', async () => {
    for (const key of await composition.resyncKeys()) await store.queue.request(key);
    await store.inbox.prune(clock.now() - handledKept);
  });
  const recover = attempt('the look for missed deliveries', async () => {
    await refresh();
    await requestMissedDeliveries({ inbox: store.inbox, deliveryLog, clock, log });
  });
  const repeated = [repeat(given.resyncMs, resync), repeat(given.recoverMs, recover)];
  const wakeAll = (): void => {
    for (const each of repeated) each.wake();
  };
  wakeAll();
  // what failed in the very moment of the start is in GitHub's log a little later
  const soon = setTimeout(wakeAll, soonAfterStart);

  return {
    onReceived: pump.wake,
    stop: async (graceMs) => {
      clearTimeout(soon);
      const [ended] = await Promise.all([workers.stop(graceMs), pump.stop(), ...repeated.map((each) => each.stop())]);
      return ended;
    },
  };
}
