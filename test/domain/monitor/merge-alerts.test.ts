import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ExternalAlert } from '../../../src/domain/drift/alert.ts';
import { mergeAlerts } from '../../../src/domain/monitor/merge-alerts.ts';

const alert = (startsAt: number, endsAt?: number, fingerprint = 'a'): ExternalAlert => ({
  fingerprint,
  name: 'alert',
  status: endsAt === undefined ? 'firing' : 'resolved',
  startsAt,
  ...(endsAt !== undefined && { endsAt }),
  labels: {},
  annotations: {},
});

it('lets an old end not end what began later, nor a late start begin what is over', () => {
  expect(mergeAlerts([alert(20)], [alert(10, 15)])).toBeUndefined();
  expect(mergeAlerts([alert(10, 15)], [alert(10)])).toBeUndefined();
  expect(mergeAlerts([alert(10, 15)], [alert(20)])).toEqual([alert(20)]);
  expect(mergeAlerts([alert(10)], [alert(10, 15)])).toEqual([alert(10, 15)]);
  expect(mergeAlerts([alert(10)], [alert(20, 25)])).toEqual([alert(20, 25)]);
});

it('takes an end for one of what fires whatever start it is told with', () => {
  const end = alert(9_500, 60_000);
  expect(mergeAlerts([alert(10_500)], [end])).toEqual([end]);
  expect(mergeAlerts([end], [alert(10_500)])).toBeUndefined();
  expect(mergeAlerts([alert(60_001)], [end])).toBeUndefined();
  expect(mergeAlerts([end], [alert(60_001)])).toEqual([alert(60_001)]);
});

it('says that nothing is new of what is known', () => {
  expect(mergeAlerts([alert(10)], [alert(10)])).toBeUndefined();
  expect(mergeAlerts([], [])).toBeUndefined();
  expect(mergeAlerts([alert(10)], [{ ...alert(10), annotations: { summary: 'worse' } }])).toHaveLength(1);
});

it('keeps fifty, what fires before what is over and the newest first', () => {
  const firing = Array.from({ length: 40 }, (_, i) => alert(i, undefined, `f${i}`));
  const over = Array.from({ length: 40 }, (_, i) => alert(i, 100 + i, `r${i}`));
  const merged = mergeAlerts([], [...over, ...firing])!;
  expect(merged).toHaveLength(50);
  expect(merged.slice(0, 40).every(({ status }) => status === 'firing')).toBe(true);
  expect(merged[0]!.startsAt).toBe(39);
  expect(merged.slice(40).map(({ endsAt }) => endsAt)).toEqual([139, 138, 137, 136, 135, 134, 133, 132, 131, 130]);
});

it('knows the same in the end, in whatever order and however often it is told', () => {
  const one = fc.tuple(fc.nat(3), fc.boolean()).map(([at, over]) => alert(10 * at, over ? 10 * at + 5 : undefined));
  fc.assert(
    fc.property(
      fc.uniqueArray(one, { selector: (a) => `${a.startsAt}${a.status}` }),
      fc.infiniteStream(fc.nat()),
      (heard, order) => {
        const end = (told: ExternalAlert[]) =>
          told.reduce<ExternalAlert[]>((known, next) => mergeAlerts(known, [next]) ?? known, []);
        const shuffled = heard
          .flatMap((next) => [next, next])
          .map((next) => ({ next, rank: order.next().value as number }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ next }) => next);
        expect(end(shuffled)).toEqual(end(heard));
      },
    ),
  );
});
