import type { Logger } from 'pino';
import type { Artifacts } from '../ports/artifacts.ts';
import type { DeliveryLog } from '../ports/delivery-log.ts';
import type { Installations } from '../ports/installations.ts';
import type { Store } from '../ports/store.ts';
import type { HttpHandler } from './http-handler.ts';
import type { InboxHandlers } from './inbox-handlers.ts';
import type { Reconcile } from './workers.ts';

/** Everything that the process runs, as chosen by compose.ts. */
export type Composition = {
  store: Store;
  artifacts: Artifacts;
  deliveryLog: DeliveryLog;
  installations: Installations;
  handlers: Pick<InboxHandlers, 'onComment' | 'onAction'>;
  reconcile: Reconcile;
  /** Keys that must be looked at from time to time whatever happens: open pull requests, unfinished jobs, … */
  resyncKeys(): Promise<string[]>;
  /** Asked in this order after the server's own. */
  httpHandlers: HttpHandler[];
  /** After the server listens, so that `publicUrl()` is known. */
  started?(): Promise<void>;
  /** Before the store is closed. */
  close?(): Promise<void>;
};

/** What compose.ts gets besides GitHub clients. */
export type ServerContext = {
  log: Logger;
  /** Known once the server listens; asked for when an address is written, never before. */
  publicUrl(): string;
};
