import { expect, it } from 'vitest';
import { AppError } from '../../src/domain/errors.ts';
import type { InferenceLog, LoggedPrediction } from '../../src/ports/inference-log.ts';
import { createFailureLog, type FailedRows } from '../../src/serve/failure-log.ts';

const rows = (count: number): FailedRows =>
  Array.from({ length: count }, (_, i) => ({
    id: String(i),
    at: 0,
    receivedAt: 0,
    deployment: 'production',
    version: 'v1.0.0',
    inputs: {},
    latencyMs: 1,
  }));

function memoryLog(append?: () => Promise<void>) {
  const logged: LoggedPrediction[] = [];
  const log: InferenceLog = {
    append: append ?? (async (more) => void logged.push(...more)),
    flush: async () => undefined,
    close: async () => undefined,
  };
  return { log, logged };
}

it('logs a flood of failures only as fast as a disk can bear, and again once it is over', async () => {
  const { log, logged } = memoryLog();
  let now = 0;
  const failures = createFailureLog(
    log,
    () => undefined,
    () => now,
  );
  for (let i = 0; i < 5000; i++) await failures.add(rows(1), new AppError('config/invalid-input', 'no'));
  expect(logged).toHaveLength(1000);
  await failures.add(rows(3), new Error('anything'));
  now += 2000;
  await failures.add(rows(500), new Error('anything'));
  expect(logged).toHaveLength(1200);
  expect([...new Set(logged.map(({ error }) => error))]).toEqual(['config/invalid-input', 'bug/invariant']);
});

it('neither hides an error behind one of the log, nor logs that the log failed', async () => {
  const troubles: unknown[] = [];
  let calls = 0;
  const { log } = memoryLog(async () => {
    calls++;
    throw new Error('disk full');
  });
  const failures = createFailureLog(log, (error) => troubles.push(error));
  await failures.add(rows(1), new Error('anything'));
  await failures.add(rows(1), new AppError('external/storage', 'disk full'));
  expect([calls, troubles.length]).toEqual([1, 1]);
});
