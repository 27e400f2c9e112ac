import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Spent } from '../domain/jobs/job.ts';
import { monthReachesBackTo, spentInMonth } from '../domain/jobs/month.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';

export type Metrics = {
  deliveries: Counter<'event' | 'result'>;
  reconciles: Histogram<'kind'>;
  reconcileErrors: Counter<'kind' | 'code'>;
  /** Prometheus text. */
  read(): Promise<{ contentType: string; text: string }>;
};

/** One registry a server, so that two in one process do not count together. */
export function createMetrics(store: Pick<Store, 'queue' | 'jobs'>, clock: Clock): Metrics {
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

  const month = {
    seconds: 'Wall-clock seconds that jobs took this month (UTC), by repository and model',
    gpuSeconds: 'Seconds that GPUs were kept for jobs this month (UTC)',
    price: 'Price of the jobs of this month (UTC), in the unit of the policies',
  };
  let reading: Promise<{ repository: string; name: string; spent: Spent }[]> | undefined;
  /** Once for all three, which are collected together. */
  const readMonth = () => {
    reading ??= monthByModel(store, clock.now()).finally(() => {
      reading = undefined;
    });
    return reading;
  };
  for (const [what, help] of Object.entries(month) as [keyof Spent, string][]) {
    new Gauge({
      name: `sluice_month_${what === 'gpuSeconds' ? 'gpu_seconds' : what}`,
      help,
      labelNames: ['repository', 'model'],
      registers,
      async collect() {
        this.reset();
        for (const { repository, name, spent } of await readMonth()) this.set({ repository, model: name }, spent[what]);
      },
    });
  }

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

async function monthByModel({ jobs }: Pick<Store, 'jobs'>, now: number) {
  const all = await jobs.list({ since: monthReachesBackTo(now) });
  return [...new Set(all.map((job) => job.repository))].flatMap((repository) => {
    const ofRepository = all.filter((job) => job.repository === repository);
    return spentInMonth(ofRepository, now).models.map((model) => ({ repository, ...model }));
  });
}
