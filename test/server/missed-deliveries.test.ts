import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { FailedDelivery } from '../../src/ports/delivery-log.ts';
import { requestMissedDeliveries } from '../../src/server/missed-deliveries.ts';

const now = Date.UTC(2026, 10, 3);
const minutesAgo = (minutes: number): number => now - minutes * 60_000;

async function asked(failed: FailedDelivery[], known: string[]) {
  const redelivered: number[] = [];
  let since = 0;
  await requestMissedDeliveries({
    inbox: { known: async (guids) => new Set(guids.filter((guid) => known.includes(guid))) },
    deliveryLog: {
      failedSince: async (from) => {
        since = from;
        return failed;
      },
      redeliver: async (id) => void redelivered.push(id),
    },
    clock: { now: () => now },
    log: pino({ level: 'silent' }),
  });
  return { redelivered, since };
}

it('asks for what never arrived, oldest first, over all that GitHub keeps', async () => {
  const failed = [
    { id: 3, guid: 'c', event: 'push', at: minutesAgo(5) },
    { id: 2, guid: 'b', event: 'push', at: minutesAgo(50) },
  ];
  expect(await asked(failed, [])).toEqual({ redelivered: [2, 3], since: now - 3 * 86_400_000 });
});

it('leaves what arrived in a later attempt', async () => {
  const failed = [{ id: 2, guid: 'arrived', event: 'push', at: minutesAgo(50) }];
  expect((await asked(failed, ['arrived'])).redelivered).toEqual([]);
});

it('asks once for a delivery that failed several times', async () => {
  const failed = [
    { id: 5, guid: 'a', event: 'push', at: minutesAgo(10) },
    { id: 3, guid: 'a', event: 'push', at: minutesAgo(20) },
  ];
  expect((await asked(failed, [])).redelivered).toEqual([5]);
});
