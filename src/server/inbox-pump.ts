import type { Logger } from 'pino';
import { AppError } from '../domain/errors.ts';
import { payloadOf } from '../domain/events/payload.ts';
import type { Clock } from '../ports/clock.ts';
import type { Delivery, Store } from '../ports/store.ts';
import { type Background, repeat } from './background.ts';
import { handleDelivery } from './handle-delivery.ts';
import type { InboxHandlers } from './inbox-handlers.ts';
import type { Metrics } from './metrics.ts';
import { retryDelay } from './retry-delay.ts';

type Deps = { store: Store; handlers: InboxHandlers; clock: Clock; log: Logger; metrics: Metrics; pollMs?: number };
type Failure = { times: number; again: number };

const batch = 100;
/** A delivery that cannot be used after so many tries is kept with its error; the resync covers what it meant. */
const mostTries = 12;

const canSucceedLater = (error: unknown): boolean =>
  !(error instanceof AppError) || error.family === 'external' || error.family === 'conflict' || error.family === 'bug';

/** Turns stored deliveries into keys to look at. A delivery counts as handled after all that it says is stored. */
export function startInboxPump(deps: Deps): Background {
  const { store, handlers, clock, metrics } = deps;
  const failures = new Map<string, Failure>();

  const use = async (delivery: Delivery): Promise<void> => {
    const { guid, event, payload } = delivery;
    const failed = failures.get(guid);
    if (failed && failed.again > clock.now()) return;
    const repository = payloadOf(payload).repository?.full_name;
    const log = deps.log.child({ delivery: guid, event, ...(repository ? { repository } : {}) });
    try {
      const keys = await handleDelivery(store, handlers, delivery);
      await store.inbox.handled(guid);
      failures.delete(guid);
      metrics.deliveries.inc({ event, result: 'handled' });
      log.debug({ keys }, 'delivery handled');
    } catch (error) {
      const times = (failed?.times ?? 0) + 1;
      const again = canSucceedLater(error) && times < mostTries;
      log.error({ err: error, times }, again ? 'delivery will be tried again' : 'delivery given up');
      metrics.deliveries.inc({ event, result: again ? 'retried' : 'failed' });
      if (again) failures.set(guid, { times, again: clock.now() + retryDelay(error, times) });
      else {
        failures.delete(guid);
        await store.inbox.handled(guid, error instanceof Error ? error.message : String(error));
      }
    }
  };

  const pump = async (): Promise<void> => {
    try {
      // those waiting for their next try must not hide the newer ones behind them
      const pending = await store.inbox.pending(batch + failures.size);
      for (const delivery of pending) await use(delivery);
    } catch (error) {
      deps.log.error({ err: error }, 'the inbox cannot be read');
    }
  };
  const background = repeat(deps.pollMs ?? 1_000, pump);
  background.wake();
  return background;
}
