import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Job, JobEvent } from '../../src/domain/jobs/job.ts';
import type { Store } from '../../src/ports/store.ts';

/** One job of no special kind; ids are unique, since a suite runs over one database. */
export function sampleJob(over: Partial<Job> = {}): Job {
  const id = randomUUID();
  return {
    id,
    key: `train:${id}`,
    task: { kind: 'data', dataset: {} as never, allow: [] },
    repository: 'acme/flights',
    sha: 'a'.repeat(40),
    runner: 'local',
    status: 'queued',
    attempt: 0,
    maxAttempts: 2,
    createdAt: 1_000,
    cancelRequested: false,
    ...over,
  };
}

const logLine = (seq: number, line = `line ${seq}`): JobEvent => ({
  attempt: 1,
  seq,
  at: seq,
  kind: 'log',
  stream: 'stdout',
  line,
});

/** What every store promises. `open` is told a clock that the suite moves. */
export function storeContract(name: string, open: (now: () => number) => Promise<Store>): void {
  describe(`${name} keeps the promises of a store`, () => {
    let store: Store;
    let time = 1_700_000_000_000;
    beforeAll(async () => {
      store = await open(() => time);
    });
    afterAll(() => store.close());

    test('answers a ping', async () => {
      await store.ping();
    });

    describe('inbox', () => {
      test('stores a delivery once, keeps it until it is handled, and knows it afterwards', async () => {
        const [first, second] = [randomUUID(), randomUUID()];
        const payload = { text: 'nul \u0000, emoji 🛩, lone \ud800', big: 2 ** 52, b: 1, a: [null] };
        expect(await store.inbox.receive({ guid: second, event: 'push', payload, receivedAt: 20 })).toBe('new');
        expect(await store.inbox.receive({ guid: first, event: 'push', payload: {}, receivedAt: 10 })).toBe('new');
        expect(await store.inbox.receive({ guid: second, event: 'push', payload: {}, receivedAt: 30 })).toBe('known');
        const pending = (await store.inbox.pending(100)).filter(({ guid }) => guid === first || guid === second);
        expect(pending.map(({ guid }) => guid)).toEqual([first, second]);
        expect(pending[1]).toEqual({ guid: second, event: 'push', payload, receivedAt: 20 });
        await store.inbox.handled(first);
        await store.inbox.handled(second, 'no such repository');
        expect((await store.inbox.pending(100)).filter(({ guid }) => guid === first || guid === second)).toEqual([]);
        const other = randomUUID();
        expect(await store.inbox.known([first, second, other])).toEqual(new Set([first, second]));
        expect(await store.inbox.newest()).toBe(20);
      });

      test('forgets only what is handled and old', async () => {
        const [old, unhandled, young] = [randomUUID(), randomUUID(), randomUUID()];
        for (const [guid, receivedAt] of [
          [old, 1],
          [unhandled, 2],
          [young, 9_000],
        ] as const) {
          await store.inbox.receive({ guid, event: 'push', payload: null, receivedAt });
        }
        await store.inbox.handled(old);
        await store.inbox.handled(young);
        expect(await store.inbox.prune(5_000)).toBeGreaterThanOrEqual(1);
        expect(await store.inbox.known([old, unhandled, young])).toEqual(new Set([unhandled, young]));
        await store.inbox.handled(unhandled);
      });
    });

    describe('work queue', () => {
      beforeEach(async () => {
        for (;;) {
          const left = await store.queue.take(1_000);
          if (!left) break;
          await store.queue.finish(left);
        }
        time += 1_000_000;
      });

      test('many requests before a look are one look, the key that waited longest first', async () => {
        await store.queue.request('b');
        time += 5;
        await store.queue.request('a');
        await store.queue.request('b');
        await store.queue.request('a');
        expect(await store.queue.depth()).toMatchObject({ waiting: 2, leased: 0, oldestMs: 5 });
        const first = await store.queue.take(1_000);
        const second = await store.queue.take(1_000);
        expect([first?.key, second?.key]).toEqual(['b', 'a']);
        expect(await store.queue.take(1_000)).toBeUndefined();
        expect(await store.queue.depth()).toMatchObject({ waiting: 0, leased: 2 });
        await store.queue.finish(first!);
        await store.queue.finish(second!);
        expect(await store.queue.take(1_000)).toBeUndefined();
        expect(await store.queue.depth()).toEqual({ waiting: 0, leased: 0, oldestMs: 0 });
      });

      test('the earliest wish wins, and is not granted before its time', async () => {
        await store.queue.request('later', time + 500);
        await store.queue.request('later', time + 200);
        await store.queue.request('later', time + 900);
        expect(await store.queue.take(1_000)).toBeUndefined();
        time += 199;
        expect(await store.queue.take(1_000)).toBeUndefined();
        time += 1;
        const lease = await store.queue.take(1_000);
        expect(lease?.key).toBe('later');
        await store.queue.finish(lease!);
        time += 10_000;
        expect(await store.queue.take(1_000)).toBeUndefined();
      });

      test('a request during a look leads to exactly one more, never to two at once', async () => {
        await store.queue.request('k');
        const lease = (await store.queue.take(1_000))!;
        await store.queue.request('k');
        await store.queue.request('k');
        expect(await store.queue.take(1_000)).toBeUndefined();
        await store.queue.finish(lease);
        const next = await store.queue.take(1_000);
        expect(next).toMatchObject({ key: 'k', attempt: 1 });
        await store.queue.finish(next!);
        expect(await store.queue.take(1_000)).toBeUndefined();
      });

      test('a look that failed comes again when told, counted; success starts the count anew', async () => {
        await store.queue.request('k');
        const first = (await store.queue.take(1_000))!;
        await store.queue.finish(first, time + 50);
        expect(await store.queue.take(1_000)).toBeUndefined();
        time += 50;
        const second = (await store.queue.take(1_000))!;
        expect([first.attempt, second.attempt]).toEqual([1, 2]);
        await store.queue.request('k', time + 10);
        await store.queue.finish(second);
        time += 10;
        const third = (await store.queue.take(1_000))!;
        expect(third.attempt).toBe(1);
        await store.queue.finish(third);
      });

      test('a lease that ran out comes again, and its late owner changes nothing', async () => {
        await store.queue.request('k');
        const dead = (await store.queue.take(1_000))!;
        time += 999;
        expect(await store.queue.take(1_000)).toBeUndefined();
        expect(await store.queue.extend(dead, 1_000)).toBe(true);
        time += 999;
        expect(await store.queue.take(1_000)).toBeUndefined();
        time += 1;
        const next = (await store.queue.take(1_000))!;
        expect(next).toMatchObject({ key: 'k', attempt: 2 });
        expect(await store.queue.extend(dead, 1_000)).toBe(false);
        await store.queue.finish(dead);
        await store.queue.finish(dead, time);
        expect(await store.queue.take(1_000)).toBeUndefined();
        expect(await store.queue.extend(next, 1_000)).toBe(true);
        await store.queue.finish(next);
      });

      test('workers that take at the same time never get the same key', async () => {
        const keys = Array.from({ length: 12 }, (_, index) => `key-${String(index).padStart(2, '0')}`);
        await Promise.all(keys.map((key) => store.queue.request(key)));
        const leases = await Promise.all(Array.from({ length: 20 }, () => store.queue.take(1_000)));
        const taken = leases.flatMap((lease) => (lease ? [lease.key] : []));
        // skip-locked may leave a key to the next round; it must not give one twice
        expect(new Set(taken).size).toBe(taken.length);
        for (;;) {
          const lease = await store.queue.take(1_000);
          if (!lease) break;
          taken.push(lease.key);
          leases.push(lease);
        }
        expect(taken.sort()).toEqual(keys);
        for (const lease of leases) if (lease) await store.queue.finish(lease);
      });

      test('wakes whoever waits for work', async () => {
        const woken = new Promise<void>((resolve) => {
          const stop = store.queue.onWork(() => {
            stop();
            resolve();
          });
        });
        await store.queue.request('k');
        await woken;
        await store.queue.finish((await store.queue.take(1_000))!);
      });
    });

    describe('documents', () => {
      test('are replaced only at the revision that was read', async () => {
        const id = `o/n#${randomUUID()}`;
        expect(await store.documents.get('pull', id)).toBeUndefined();
        const value = { text: '\u0000ä', list: [1, 0.1 + 0.2], none: null };
        expect(await store.documents.put('pull', id, value, 0)).toBe(1);
        expect(await store.documents.get('pull', id)).toEqual({ id, revision: 1, value });
        await expect(store.documents.put('pull', id, {}, 0)).rejects.toMatchObject({ code: 'conflict/stale' });
        expect(await store.documents.put('pull', id, { n: 2 }, 1)).toBe(2);
        await expect(store.documents.put('pull', id, {}, 1)).rejects.toMatchObject({ code: 'conflict/stale' });
        expect(await store.documents.get('other', id)).toBeUndefined();
        await store.documents.remove('pull', id);
        expect(await store.documents.get('pull', id)).toBeUndefined();
        expect(await store.documents.put('pull', id, {}, 0)).toBe(1);
      });

      test('are listed by the exact prefix of their id, in order', async () => {
        const collection = randomUUID();
        for (const id of ['a%b/2', 'a%b/10', 'a%b/B', 'axb/1', 'a%', 'b']) {
          await store.documents.put(collection, id, id, 0);
        }
        const ids = async (prefix: string) =>
          (await store.documents.list<string>(collection, prefix)).map(({ value }) => value);
        expect(await ids('a%b/')).toEqual(['a%b/10', 'a%b/2', 'a%b/B']);
        expect(await ids('')).toEqual(['a%', 'a%b/10', 'a%b/2', 'a%b/B', 'axb/1', 'b']);
        expect(await ids('c')).toEqual([]);
      });

      test('of several writers at one revision exactly one wins', async () => {
        const id = randomUUID();
        const results = await Promise.allSettled([1, 2, 3, 4, 5].map((n) => store.documents.put('race', id, n, 0)));
        expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      });
    });

    describe('jobs', () => {
      test('one live or succeeded job a key; a failed one makes room', async () => {
        const first = sampleJob();
        expect(await store.jobs.create(first)).toEqual(first);
        const again = sampleJob({ key: first.key });
        expect((await store.jobs.create(again)).id).toBe(first.id);
        await store.jobs.update(first.id, (job) => ({ ...job, status: 'succeeded' }));
        expect((await store.jobs.create(again)).id).toBe(first.id);

        const failing = sampleJob();
        await store.jobs.create(failing);
        await store.jobs.update(failing.id, (job) => ({ ...job, status: 'failed' }));
        const retry = sampleJob({ key: failing.key });
        expect((await store.jobs.create(retry)).id).toBe(retry.id);
        expect((await store.jobs.list({ key: failing.key })).length).toBe(2);
      });

      test('many that create one key at the same time get the same job', async () => {
        const key = `train:${randomUUID()}`;
        const made = await Promise.all(Array.from({ length: 8 }, () => store.jobs.create(sampleJob({ key }))));
        expect(new Set(made.map(({ id }) => id)).size).toBe(1);
      });

      test('are found by repository, pull request and state, oldest first', async () => {
        const repository = `acme/${randomUUID()}`;
        const young = await store.jobs.create(sampleJob({ repository, pull: 7, createdAt: 2_000 }));
        const old = await store.jobs.create(sampleJob({ repository, pull: 7, createdAt: 1_000, status: 'running' }));
        const other = await store.jobs.create(sampleJob({ repository, pull: 8, createdAt: 500, status: 'failed' }));
        const ids = async (filter: Parameters<Store['jobs']['list']>[0]) =>
          (await store.jobs.list(filter)).map(({ id }) => id);
        expect(await ids({ repository })).toEqual([other.id, old.id, young.id]);
        expect(await ids({ repository, pull: 7 })).toEqual([old.id, young.id]);
        expect(await ids({ repository, unfinished: true })).toEqual([old.id, young.id]);
        expect(await ids({ key: young.key })).toEqual([young.id]);
        expect(await ids({ repository, keyPrefix: young.key.slice(0, -1) })).toEqual([young.id]);
        expect(await ids({ repository, keyPrefix: `${young.key}%` })).toEqual([]);
        expect(await store.jobs.get(old.id)).toEqual(old);
        expect(await store.jobs.get('nobody')).toBeUndefined();
      });

      test('changes that meet are applied one after the other', async () => {
        const job = await store.jobs.create(sampleJob());
        await Promise.all(
          Array.from({ length: 10 }, () => store.jobs.update(job.id, (now) => ({ ...now, attempt: now.attempt + 1 }))),
        );
        expect((await store.jobs.get(job.id))?.attempt).toBe(10);
        expect(await store.jobs.update(job.id, () => undefined)).toMatchObject({ attempt: 10 });
        await expect(store.jobs.update('nobody', (now) => now)).rejects.toMatchObject({ code: 'conflict/not-found' });
      });

      test('a change that throws changes nothing', async () => {
        const job = await store.jobs.create(sampleJob());
        const failing = store.jobs.update(job.id, () => {
          throw new Error('no');
        });
        await expect(failing).rejects.toThrow('no');
        expect(await store.jobs.get(job.id)).toEqual(job);
      });

      test('events sent twice are stored once, a gap is refused', async () => {
        const job = await store.jobs.create(sampleJob());
        expect(await store.jobs.appendEvents(job.id, 1, [logLine(1), logLine(2)])).toBe(2);
        expect(await store.jobs.appendEvents(job.id, 1, [logLine(1), logLine(2), logLine(3, '\u0000 \ud800')])).toBe(3);
        await expect(store.jobs.appendEvents(job.id, 1, [logLine(5)])).rejects.toMatchObject({
          code: 'conflict/stale',
        });
        expect(await store.jobs.appendEvents(job.id, 1, [])).toBe(3);
        expect(await store.jobs.appendEvents(job.id, 2, [{ ...logLine(1), attempt: 2 }])).toBe(1);
        const metric: JobEvent = { attempt: 2, seq: 2, at: 5, kind: 'metric', step: 1, metric: 'loss', value: 0.1 };
        await store.jobs.appendEvents(job.id, 2, [metric]);
        const all = await store.jobs.events(job.id, {});
        expect(all.map(({ attempt, seq }) => [attempt, seq])).toEqual([
          [1, 1],
          [1, 2],
          [1, 3],
          [2, 1],
          [2, 2],
        ]);
        expect(all[2]).toEqual(logLine(3, '\u0000 \ud800'));
        expect(await store.jobs.events(job.id, { kind: 'metric' })).toEqual([metric]);
        expect((await store.jobs.events(job.id, { last: 2 })).map(({ seq }) => seq)).toEqual([1, 2]);
        const after = await store.jobs.events(job.id, { after: { attempt: 1, seq: 2 }, kind: 'log' });
        expect(after.map(({ attempt, seq }) => [attempt, seq])).toEqual([
          [1, 3],
          [2, 1],
        ]);
      });

      test('two connections that send the same batch at once store it once', async () => {
        const job = await store.jobs.create(sampleJob());
        const batch = Array.from({ length: 50 }, (_, index) => logLine(index + 1));
        const stored = await Promise.all([1, 2, 3].map(() => store.jobs.appendEvents(job.id, 1, batch)));
        expect(stored).toEqual([50, 50, 50]);
        expect(await store.jobs.events(job.id, {})).toHaveLength(50);
      });
    });
  });
}
