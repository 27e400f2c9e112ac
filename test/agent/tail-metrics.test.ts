import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tailMetrics } from '../../src/agent/tail-metrics.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('what a metric came to in the end is told, however many values there were', async () => {
  const file = path.join(folder, 'metrics.jsonl');
  const told: [number, string, number][] = [];
  await writeFile(file, '');
  const metrics = tailMetrics(file, (...metric) => told.push(metric), 100);
  const line = (step: number, metric: string, value: number) => `${JSON.stringify({ step, metric, value })}\n`;
  for (let step = 1; step <= 100; step += 1) {
    await appendFile(file, line(step, 'loss', 1 / step) + line(step, 'accuracy', 1 - 1 / step));
  }
  await appendFile(file, `no metric\n${line(101, 'late', 5)}`);
  // 50 of each of the first two were told at once; of the rest all but the last value, and the odd line
  expect(await metrics.stop()).toBe(49 + 49 + 1);
  expect(told).toHaveLength(103);
  expect(told.slice(100)).toEqual([
    [100, 'loss', 0.01],
    [100, 'accuracy', 0.99],
    [101, 'late', 5],
  ]);
});
