import type { Logger } from 'pino';
import type { Clock } from '../ports/clock.ts';
import type { DeliveryLog } from '../ports/delivery-log.ts';
import type { Inbox } from '../ports/store.ts';

/** How long GitHub keeps its record. */
const keptMs = 3 * 86_400_000;
const mostAtOnce = 200;

/**
 * Asks GitHub to send again what never arrived: attempts that failed and whose GUID the inbox does not know. Only the
 * failures are read, over the whole time GitHub keeps them, since a failure may lie before the newest that arrived. One
 * that is on its way already may come twice: its GUID is then known.
 * Answers how many were asked for.
 */
export async function requestMissedDeliveries(deps: {
  inbox: Pick<Inbox, 'known'>;
  deliveryLog: DeliveryLog;
  clock: Clock;
  log: Logger;
}): Promise<number> {
  const now = deps.clock.now();
  const failed = await deps.deliveryLog.failedSince(now - keptMs);
  const known = await deps.inbox.known([...new Set(failed.map(({ guid }) => guid))]);
  const newest = new Map<string, (typeof failed)[number]>();
  for (const attempt of failed) {
    const other = newest.get(attempt.guid);
    if (!known.has(attempt.guid) && (!other || other.at < attempt.at)) newest.set(attempt.guid, attempt);
  }
  const due = [...newest.values()].sort((a, b) => a.at - b.at);
  for (const { id, guid, event } of due.slice(0, mostAtOnce)) {
    deps.log.info({ delivery: guid, event }, 'this delivery never arrived; asking for it again');
    await deps.deliveryLog.redeliver(id);
  }
  return Math.min(due.length, mostAtOnce);
}
