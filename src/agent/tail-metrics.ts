import { open } from 'node:fs/promises';
import { createLineSplitter } from './split-lines.ts';

const INTERVAL_MS = 200;
const MAX_METRICS = 50_000;
/** Of metrics whose newest value is kept beyond that. */
const MAX_NAMES = 1_000;

type Metric = { step: number; metric: string; value: number };

/**
 * Reports the lines `{"step": 1, "metric": "loss", "value": 0.4}` that a program appends to a file. Others are left out,
 * and beyond `most` all but the newest of each name, which `stop` reports: what a metric came to in the end always counts.
 * `stop` reads what is left and answers how many lines were left out.
 */
export function tailMetrics(
  file: string,
  onMetric: (step: number, metric: string, value: number) => void,
  most = MAX_METRICS,
) {
  let position = 0;
  let leftOut = 0;
  let count = 0;
  const newest = new Map<string, Metric>();
  let reading: Promise<void> = Promise.resolve();
  const splitter = createLineSplitter(10_000, (line) => {
    const metric = parseMetric(line);
    if (metric) count += 1;
    if (metric && count <= most) return onMetric(metric.step, metric.metric, metric.value);
    if (!metric || newest.delete(metric.metric) || newest.size >= MAX_NAMES) leftOut += 1;
    if (metric && newest.size < MAX_NAMES) newest.set(metric.metric, metric);
  });

  async function read(): Promise<void> {
    const handle = await open(file, 'r').catch(() => undefined);
    if (!handle) return;
    try {
      const buffer = Buffer.alloc(65_536);
      for (;;) {
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
        if (bytesRead === 0) return;
        position += bytesRead;
        splitter.write(buffer.subarray(0, bytesRead));
      }
    } finally {
      await handle.close();
    }
  }
  const readNext = () => {
    reading = reading.then(read, read);
    return reading;
  };
  const timer = setInterval(readNext, INTERVAL_MS);
  return {
    async stop(): Promise<number> {
      clearInterval(timer);
      await readNext();
      splitter.end();
      for (const { step, metric, value } of newest.values()) onMetric(step, metric, value);
      newest.clear();
      return leftOut;
    },
  };
}

function parseMetric(line: string): Metric | undefined {
  try {
    const { step, metric, value } = JSON.parse(line) as Record<string, unknown>;
    if (!Number.isSafeInteger(step) || (step as number) < 0) return undefined;
    if (typeof metric !== 'string' || !/^[\w][\w .:/%-]{0,63}$/.test(metric)) return undefined;
    if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
    return { step: step as number, metric, value };
  } catch {
    return undefined;
  }
}
