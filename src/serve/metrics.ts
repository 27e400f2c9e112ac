import { Counter, Gauge, Histogram, Registry } from 'prom-client';

export type ServeMetrics = {
  answered(version: string, outcome: 'ok' | 'error', seconds: number, rows: number): void;
  text(served: { version: string; percent: number }[]): Promise<string>;
  contentType: string;
};

export function createServeMetrics(): ServeMetrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: 'sluice_inference_requests_total',
    help: 'Requests by version and outcome',
    labelNames: ['version', 'outcome'],
    registers,
  });
  const rows = new Counter({
    name: 'sluice_inference_rows_total',
    help: 'Rows answered by version',
    labelNames: ['version'],
    registers,
  });
  const duration = new Histogram({
    name: 'sluice_inference_duration_seconds',
    help: 'Time to the answer, with the log on disk',
    labelNames: ['version'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  });
  const traffic = new Gauge({
    name: 'sluice_inference_traffic_percent',
    help: 'Share of the traffic that a loaded version gets',
    labelNames: ['version'],
    registers,
  });
  return {
    answered(version, outcome, seconds, count) {
      requests.inc({ version, outcome });
      rows.inc({ version }, count);
      duration.observe({ version }, seconds);
    },
    text(served) {
      traffic.reset();
      for (const { version, percent } of served) traffic.set({ version }, percent);
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}
