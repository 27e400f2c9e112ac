import type { Store } from '../../ports/store.ts';
import { createDocuments } from './documents.ts';
import { createInbox } from './inbox.ts';
import { createJobs } from './jobs.ts';
import type { Sql } from './sql.ts';
import { createWorkQueue, type WorkSignal } from './work-queue.ts';

/** The store over any database that speaks Sql and is migrated. */
export function createStore(sql: Sql, signal: WorkSignal, now: () => number, close: () => Promise<void>): Store {
  return {
    inbox: createInbox(sql, now),
    queue: createWorkQueue(sql, signal, now),
    documents: createDocuments(sql),
    jobs: createJobs(sql),
    async ping() {
      await sql.query('select 1');
    },
    close,
  };
}
