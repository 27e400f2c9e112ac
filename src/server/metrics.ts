import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Store } from '../ports/store.ts';

export type Metrics = {
  deliveries: Counter<'event' | 'result'>;
  reconciles: Histogram<'kind'>;
  reconcileErrors: Counter<'kind' | 'code'>;
  /** Prometheus text. */
  read(): Promise<{ contentType: string; text: string }>;
};

/** One registry a server, so that two in one process do not count together. */
export function createMetrics(store: Pick<Store, 'queue' | 'jobs'>): Metrics {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({ register });

  new Gauge({
    name: 'sluice_queue_keys',
    help: 'Keys to look at, by state',
    labelNames: ['state'],
    registers,
    async collect() {
      const { waiting, leased } = await store.queue.depth();
      this.set({ state: 'waiting' }, waiting);
      this.set({ state: 'leased' }, leased);
    },
  });
  new Gauge({
    name: 'sluice_queue_oldest_seconds',
    help: 'Age of the key that has waited longest',
    registers,
    async collect() {
      this.set((await store.queue.depth()).oldestMs / 1000);
    },
  });
  new Gauge({
    name: 'sluice_jobs',
    help: 'Unfinished jobs, by kind and status',
    labelNames: ['kind', 'status'],
    registers,
    async collect() {
      this.reset();
      for (const { task, status } of await store.jobs.list({ unfinished: true })) this.inc({ kind: task.kind, status });
    },
  });

  return {
    deliveries: new Counter({
      name: 'sluice_deliveries_total',
      help: 'Webhook deliveries: received, known (a repetition), handled, retried, failed',
      labelNames: ['event', 'result'],
      registers,
    }),
    reconciles: new Histogram({
      name: 'sluice_reconcile_seconds',
      help: 'Time of one look at a key',
      labelNames: ['kind'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
      registers,
    }),
    reconcileErrors: new Counter({
      name: 'sluice_reconcile_errors_total',
      help: 'Looks that ended in an error, by its code',
      labelNames: ['kind', 'code'],
      registers,
    }),
    read: async () => ({ contentType: register.contentType, text: await register.metrics() }),
  };
}
