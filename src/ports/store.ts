/**
 * What Sluice remembers. Postgres in two sizes: PGlite in a folder, or a server. Nothing is kept elsewhere; a process
 * that is killed at any point finds all of it again.
 */
import type { Job, JobEvent } from '../domain/jobs/job.ts';

export type Delivery = { guid: string; event: string; payload: unknown; receivedAt: number };

/** Webhook deliveries, durable before GitHub gets its answer. */
export type Inbox = {
  /** Stores the delivery; a GUID that is known already changes nothing. */
  receive(delivery: Delivery): Promise<'new' | 'known'>;
  /** Not handled yet, oldest first. */
  pending(limit: number): Promise<Delivery[]>;
  /** `error`: why it could not be used (kept for the operator). */
  handled(guid: string, error?: string): Promise<void>;
  /** Newest `receivedAt`, to know from where on GitHub's delivery log has to be read. */
  newest(): Promise<number | undefined>;
  known(guids: string[]): Promise<Set<string>>;
  /** Forgets handled deliveries older than that. */
  prune(before: number): Promise<number>;
};

export type Lease = { key: string; token: string; attempt: number };

/**
 * Keys to look at again. A key is worked on by one worker at a time across all replicas; a request that comes while a
 * worker is on it leads to one more look afterwards; any number of requests before that are one.
 */
export type WorkQueue = {
  /** `at`: not before (epoch ms); the earliest wish wins. */
  request(key: string, at?: number): Promise<void>;
  /** The due key that has waited longest, leased for `leaseMs`; none: undefined. */
  take(leaseMs: number): Promise<Lease | undefined>;
  /** Ends the lease. With `retryAt` the key comes again then (attempt counted up), else only if it was requested meanwhile. */
  finish(lease: Lease, retryAt?: number): Promise<void>;
  extend(lease: Lease, leaseMs: number): Promise<boolean>;
  /** Waiting and leased keys with their age in ms, for metrics and drain. */
  depth(): Promise<{ waiting: number; leased: number; oldestMs: number }>;
  /** Calls back soon after a key became due in this or another process. Answers how to stop. */
  onWork(wake: () => void): () => void;
};

/**
 * Documents by collection and id, each with a revision (from 1) for optimistic locking. Collections are typed where they
 * are used; see flows/records.ts for the list.
 */
export type Stored<T> = { id: string; revision: number; value: T };

export type Documents = {
  get<T>(collection: string, id: string): Promise<Stored<T> | undefined>;
  /** `revision` of the one read, 0 for one that must not exist yet; else AppError conflict/stale. Answers the new one. */
  put<T>(collection: string, id: string, value: T, revision: number): Promise<number>;
  /** Ids that start with the prefix, in the order of ids. */
  list<T>(collection: string, idPrefix: string): Promise<Stored<T>[]>;
  remove(collection: string, id: string): Promise<void>;
};

export type Jobs = {
  /** The live or succeeded job of that key if there is one, else this one. */
  create(job: Job): Promise<Job>;
  get(id: string): Promise<Job | undefined>;
  list(filter: {
    repository?: string;
    pull?: number;
    key?: string;
    /** Jobs whose key starts like that. */
    keyPrefix?: string;
    unfinished?: boolean;
    /** Created then or later, epoch ms. */
    since?: number;
  }): Promise<Job[]>;
  /** Applies `change` to the newest state under a row lock; `undefined` leaves it. Answers the state after. */
  update(id: string, change: (job: Job) => Job | undefined): Promise<Job>;
  /**
   * Appends events of an attempt; those with a number already there are skipped, a gap is conflict/stale.
   * Answers the highest number now stored.
   */
  appendEvents(id: string, attempt: number, events: JobEvent[]): Promise<number>;
  /** By (attempt, seq); `last`: only the newest so many. */
  events(
    id: string,
    filter: { kind?: JobEvent['kind']; last?: number; after?: { attempt: number; seq: number } },
  ): Promise<JobEvent[]>;
};

export type Store = {
  inbox: Inbox;
  queue: WorkQueue;
  documents: Documents;
  jobs: Jobs;
  /** A round trip, for /readyz. */
  ping(): Promise<void>;
  close(): Promise<void>;
};
