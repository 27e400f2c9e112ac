import { open } from 'node:fs/promises';
import { createLineSplitter } from './split-lines.ts';

const INTERVAL_MS = 200;
const MAX_METRICS = 50_000;

/**
 * Reports the lines `{"step": 1, "metric": "loss", "value": 0.4}` that a program appends to a file. Others are left out;
 * `stop` reads what is left and answers how many those were.
 */
export function tailMetrics(file: string, onMetric: (step: number, metric: string, value: number) => void) {
  let position = 0;
  let unreadable = 0;
  let count = 0;
  let reading: Promise<void> = Promise.resolve();
  const splitter = createLineSplitter(10_000, (line) => {
    const metric = parseMetric(line);
    count += 1;
    if (!metric || count > MAX_METRICS) unreadable += 1;
    else onMetric(metric.step, metric.metric, metric.value);
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
      return unreadable;
    },
  };
}

function parseMetric(line: string): { step: number; metric: string; value: number } | undefined {
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
