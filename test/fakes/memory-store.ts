import { EventEmitter } from 'node:events';
import { AppError } from '../../src/domain/errors.ts';
import { isFinished, type Job, type JobEvent } from '../../src/domain/jobs/job.ts';
import type { Delivery, Documents, Inbox, Jobs, Store, Stored, WorkQueue } from '../../src/ports/store.ts';

/** What goes in and out is a copy, as with a database. */
const copy = <T>(value: T): T => (value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T));

function memoryInbox(): Inbox {
  const deliveries = new Map<string, Delivery & { handled: boolean }>();
  const sorted = () =>
    [...deliveries.values()].sort((a, b) => a.receivedAt - b.receivedAt || (a.guid < b.guid ? -1 : 1));
  return {
    receive: async (delivery) => {
      if (deliveries.has(delivery.guid)) return 'known';
      deliveries.set(delivery.guid, { ...copy(delivery), handled: false });
      return 'new';
    },
    pending: async (limit) =>
      copy(
        sorted()
          .filter(({ handled }) => !handled)
          .slice(0, limit)
          .map(({ handled: _, ...delivery }) => delivery),
      ),
    handled: async (guid) => void Object.assign(deliveries.get(guid) ?? {}, { handled: true }),
    newest: async () => sorted().at(-1)?.receivedAt,
    known: async (guids) => new Set(guids.filter((guid) => deliveries.has(guid))),
    prune: async (before) => {
      const old = sorted().filter(({ handled, receivedAt }) => handled && receivedAt < before);
      for (const { guid } of old) deliveries.delete(guid);
      return old.length;
    },
  };
}

type Work = { dueAt?: number; leaseUntil?: number; token?: string; attempt: number };

function memoryQueue(now: () => number): WorkQueue {
  const work = new Map<string, Work>();
  const signal = new EventEmitter().setMaxListeners(0);
  let tokens = 0;
  const earliest = (...times: (number | undefined)[]): number | undefined => {
    const known = times.filter((time) => time !== undefined);
    return known.length > 0 ? Math.min(...known) : undefined;
  };
  const dueOf = ({ dueAt, leaseUntil }: Work): number =>
    (leaseUntil === undefined ? dueAt : earliest(leaseUntil)) ?? Number.POSITIVE_INFINITY;
  const own = ({ key, token }: { key: string; token: string }): Work | undefined => {
    const found = work.get(key);
    return found?.token === token ? found : undefined;
  };
  return {
    request: async (key, at) => {
      const entry = work.get(key) ?? { attempt: 0 };
      work.set(key, { ...entry, dueAt: earliest(entry.dueAt, at ?? now()) as number });
      signal.emit('work');
    },
    take: async (leaseMs) => {
      const due = [...work].filter(([, entry]) => dueOf(entry) <= now());
      const [first] = due.sort(([a, one], [b, two]) => dueOf(one) - dueOf(two) || (a < b ? -1 : 1));
      if (!first) return undefined;
      const [key, { attempt }] = first;
      tokens += 1;
      const token = String(tokens);
      work.set(key, { leaseUntil: now() + leaseMs, token, attempt: attempt + 1 });
      return { key, token, attempt: attempt + 1 };
    },
    finish: async (lease, retryAt) => {
      const entry = own(lease);
      if (!entry) return;
      const dueAt = earliest(entry.dueAt, retryAt);
      if (dueAt === undefined) work.delete(lease.key);
      else work.set(lease.key, { dueAt, attempt: retryAt === undefined ? 0 : entry.attempt });
      signal.emit('work');
    },
    extend: async (lease, leaseMs) => {
      const entry = own(lease);
      if (entry) entry.leaseUntil = now() + leaseMs;
      return entry !== undefined;
    },
    depth: async () => {
      const waiting = [...work.values()].filter((entry) => entry.leaseUntil === undefined || entry.leaseUntil <= now());
      const oldest = Math.min(now(), ...waiting.map(dueOf));
      return { waiting: waiting.length, leased: work.size - waiting.length, oldestMs: now() - oldest };
    },
    onWork: (wake) => {
      signal.on('work', wake);
      const timer = setInterval(wake, 20);
      return () => {
        clearInterval(timer);
        signal.off('work', wake);
      };
    },
  };
}

function memoryDocuments(): Documents {
  const collections = new Map<string, Map<string, Stored<unknown>>>();
  const of = (collection: string) => {
    const known = collections.get(collection) ?? new Map<string, Stored<unknown>>();
    collections.set(collection, known);
    return known;
  };
  return {
    get: async <T>(collection: string, id: string) => copy(of(collection).get(id)) as Stored<T> | undefined,
    put: async (collection, id, value, revision) => {
      if ((of(collection).get(id)?.revision ?? 0) !== revision) {
        throw new AppError('conflict/stale', `${collection} ${id} is not at revision ${revision} any more`);
      }
      of(collection).set(id, { id, revision: revision + 1, value: copy(value) });
      return revision + 1;
    },
    list: async <T>(collection: string, idPrefix: string) =>
      copy([...of(collection).values()].filter(({ id }) => id.startsWith(idPrefix))).sort((a, b) =>
        a.id < b.id ? -1 : 1,
      ) as Stored<T>[],
    remove: async (collection, id) => void of(collection).delete(id),
  };
}

function memoryJobs(): Jobs {
  const jobs = new Map<string, Job>();
  const events = new Map<string, JobEvent[]>();
  const present = (id: string): Job => {
    const job = jobs.get(id);
    if (!job) throw new AppError('conflict/not-found', `there is no job ${id}`);
    return job;
  };
  const isLive = (job: Job): boolean => !isFinished(job) || job.status === 'succeeded';
  return {
    create: async (job) => {
      const known = jobs.get(job.id) ?? [...jobs.values()].find((other) => other.key === job.key && isLive(other));
      if (!known) jobs.set(job.id, copy(job));
      return copy(known ?? job);
    },
    get: async (id) => copy(jobs.get(id)),
    list: async ({ repository, pull, key, keyPrefix = '', unfinished, since = 0 }) =>
      copy(
        [...jobs.values()]
          .filter((job) => repository === undefined || job.repository === repository)
          .filter((job) => pull === undefined || job.pull === pull)
          .filter((job) => key === undefined || job.key === key)
          .filter((job) => job.key.startsWith(keyPrefix))
          .filter((job) => !unfinished || !isFinished(job))
          .filter((job) => job.createdAt >= since)
          .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1)),
      ),
    update: async (id, change) => {
      const next = change(copy(present(id)));
      if (next) jobs.set(id, copy(next));
      return copy(present(id));
    },
    appendEvents: async (id, attempt, added) => {
      present(id);
      const all = events.get(id) ?? [];
      const stored = Math.max(0, ...all.filter((event) => event.attempt === attempt).map(({ seq }) => seq));
      const fresh = added.filter(({ seq }) => seq > stored).sort((a, b) => a.seq - b.seq);
      if (fresh.some(({ seq }, index) => seq !== stored + index + 1)) {
        throw new AppError('conflict/stale', `an event of attempt ${attempt} is missing after ${stored}`);
      }
      events.set(id, [...all, ...copy(fresh).map((event) => ({ ...event, attempt }))]);
      return stored + fresh.length;
    },
    events: async (id, { kind, last, after }) => {
      const found = (events.get(id) ?? [])
        .filter((event) => !kind || event.kind === kind)
        .filter(
          ({ attempt, seq }) => !after || attempt > after.attempt || (attempt === after.attempt && seq > after.seq),
        )
        .sort((a, b) => a.attempt - b.attempt || a.seq - b.seq);
      return copy(last === undefined ? found : found.slice(Math.max(0, found.length - last)));
    },
  };
}

/** A store in memory, held to the same contract as the real ones. */
export function createMemoryStore(now: () => number = Date.now): Store {
  return {
    inbox: memoryInbox(),
    queue: memoryQueue(now),
    documents: memoryDocuments(),
    jobs: memoryJobs(),
    ping: async () => undefined,
    close: async () => undefined,
  };
}
