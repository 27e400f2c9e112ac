import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogParts } from '../../../src/adapters/inference-log/create-log-parts.ts';
import { openBatchIndex } from '../../../src/adapters/observations/batch-index.ts';
import { encodeFrame } from '../../../src/adapters/observations/frame.ts';
import { type MonitorLog, openMonitorLog } from '../../../src/adapters/observations/monitor-log.ts';
import type { ObservationBatch, Observed } from '../../../src/domain/monitor/observation-batch.ts';
import type { LogParts } from '../../../src/ports/observations.ts';
import { readLog } from '../../web/read-log.ts';

const AT = Date.UTC(2026, 4, 10, 12);
let folder: string;
let errors: unknown[];
let opened: (() => Promise<void>)[];
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-observations-'));
  errors = [];
  opened = [];
});
afterEach(async () => {
  for (const close of opened) await close();
  await rm(folder, { recursive: true, force: true });
});

/** Rows are never made Parquet by themselves here, unless a test says so. */
async function open(change: Partial<Parameters<typeof openMonitorLog>[0]> = {}): Promise<MonitorLog> {
  const parts = change.parts ?? createLogParts();
  const log = await openMonitorLog({
    folder,
    parts,
    segmentBytes: 1e9,
    segmentAgeMs: 1e9,
    rememberedBatches: 100,
    backlogBytes: 1e9,
    onError: (error) => errors.push(error),
    ...change,
  });
  opened.push(async () => {
    await log.close().catch(() => undefined);
    await parts.close();
  });
  return log;
}

const batch = (id: string, inputs: Observed['inputs'] = { a: 1 }, at = AT): ObservationBatch => ({
  id,
  observations: [{ id: `row-${id}`, at, inputs, prediction: 0.5 }],
  labels: [],
});
const accept = (log: MonitorLog, ...batches: ObservationBatch[]) =>
  Promise.all(batches.map((one) => log.accept(one, AT)));
const segments = async () => (await readdir(path.join(folder, 'segments'))).sort();
const segment = async () => path.join(folder, 'segments', (await segments())[0]!);
const ids = async () => (await readLog(folder, 'log', 'id')).map(({ id }) => id).sort();

it('forgets a batch that a crash cut off, wherever, and keeps those before', async () => {
  const log = await open();
  await accept(log, batch('1'));
  await accept(log, batch('2'));
  const file = await segment();
  const whole = await readFile(file);
  const second = whole.indexOf('\n{"kind":"batch"') + 1;
  for (const length of [second, second + 1, second + 30, whole.length - 20, whole.length - 1]) {
    const crashed = await mkdtemp(path.join(os.tmpdir(), 'sluice-observations-'));
    try {
      const after = await open({ folder: crashed });
      const copy = path.join(crashed, 'segments', 'left.jsonl');
      await writeFile(copy, whole.subarray(0, length));
      const again = await open({ folder: crashed });
      expect(await accept(again, batch('1'), batch('2'))).toEqual(['duplicate', 'accepted']);
      await again.flush();
      expect((await readLog(crashed, 'log', 'id')).map(({ id }) => id).sort()).toEqual(['row-1', 'row-2']);
      await after.close();
    } finally {
      await rm(crashed, { recursive: true, force: true });
    }
  }
  expect(errors).toEqual([]);
});

it('keeps what is whole around damage, says so, and keeps the file as it was', async () => {
  const log = await open();
  await accept(log, batch('1'));
  await accept(log, batch('2'));
  await accept(log, batch('3'));
  const file = await segment();
  const content = await readFile(file);
  content[content.indexOf('row-2')] = 0;
  await writeFile(file, content);
  const again = await open();
  await again.flush();
  expect(await ids()).toEqual(['row-1', 'row-3']);
  expect(errors).toHaveLength(1);
  expect(await readFile(`${file}.damaged`)).toEqual(content);
});

it('makes the same files again when it was killed after they were made', async () => {
  const log = await open();
  await accept(log, batch('1'), batch('2'));
  const file = await segment();
  const content = await readFile(file);
  await log.flush();
  expect(await segments()).toEqual([]);
  await writeFile(file, content);
  const again = await open();
  await again.flush();
  expect(await ids()).toEqual(['row-1', 'row-2']);
  expect(await accept(again, batch('1'))).toEqual(['duplicate']);
});

it('begins another segment for columns that differ in case only, and for more than a file takes', async () => {
  const log = await open();
  await accept(log, batch('1', { age: 1 }));
  await accept(log, batch('2', { Age: 2 }));
  const wide = (prefix: string) => Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`${prefix}${i}`, i]));
  for (const prefix of ['a', 'b', 'c']) await accept(log, batch(prefix, wide(prefix)));
  await log.flush();
  expect(await ids()).toEqual(['row-1', 'row-2', 'row-a', 'row-b', 'row-c']);
  const files = (of: string) => readdir(path.join(of, 'log', 'dt=2026-05-10'));
  expect(await files(folder)).toHaveLength(3);
  const small = await open({ folder: path.join(folder, 'small'), segmentBytes: 100_000 });
  await accept(small, batch('narrow', { text: 'x'.repeat(40_000) }));
  // would make a file of 400 columns of all that is there
  await accept(small, batch('wide', wide('d')));
  await small.flush();
  expect(await files(path.join(folder, 'small'))).toHaveLength(2);
  expect(errors).toEqual([]);
});

it('writes a column of several kinds as text, and one of nothing but nulls so that it fits the others', async () => {
  const log = await open();
  await accept(log, batch('1', { mixed: 1, text: 'a\nb\u2028"\\', empty: null, flag: true }));
  await accept(log, batch('2', { mixed: 'x', text: '', empty: null, flag: null }));
  await log.flush();
  expect(await readLog(folder, 'log', 'id, in_mixed, in_text, in_empty, in_flag')).toEqual([
    { id: 'row-1', in_mixed: '1', in_text: 'a\nb\u2028"\\', in_empty: null, in_flag: true },
    { id: 'row-2', in_mixed: 'x', in_text: '', in_empty: null, in_flag: null },
  ]);
});

it('goes on when rows cannot become Parquet, tries again, and takes no more than it may leave lying', async () => {
  const parts = createLogParts();
  let fails = true;
  const flaky: LogParts = {
    ...parts,
    write: (rows) => (fails ? Promise.reject(new Error('no room for files')) : parts.write(rows)),
  };
  const log = await open({ parts: flaky, segmentBytes: 1, backlogBytes: 300 });
  await accept(log, batch('1'));
  await expect.poll(() => errors.length).toBeGreaterThan(0);
  let number = 1;
  await expect
    .poll(
      () => {
        number += 1;
        return accept(log, batch(String(number))).catch((error) => error.code);
      },
      { interval: 5 },
    )
    .toBe('external/storage');
  fails = false;
  await log.flush();
  expect(await accept(log, batch(String(number)))).toEqual(['accepted']);
  await log.flush();
  expect(await ids()).toHaveLength(number);
});

it('remembers the newest batches over restarts, and no more of them than it may', async () => {
  const file = path.join(folder, 'batches');
  const named = (n: number) => ({ id: `batch-${n}`, digest: String(n).padStart(64, '0') });
  const index = await openBatchIndex(file, 10);
  for (let n = 0; n < 25; n += 1) {
    index.add(named(n));
    await index.keep([named(n)]);
  }
  expect((await readFile(file, 'utf8')).split('\n').length).toBeLessThanOrEqual(21);
  await appendFile(file, 'cut o');
  for (const known of [index, await openBatchIndex(file, 10), await openBatchIndex(file, 10)]) {
    expect(known.find(named(14))).toBeUndefined();
    expect(known.find(named(15))).toBe('same');
    expect(known.find({ ...named(24), digest: named(1).digest.replace(/^0/, '1') })).toBe('different');
  }
  await truncate(file, 0);
  expect((await openBatchIndex(file, 10)).find(named(24))).toBeUndefined();
});

it('gives a content one digest, whenever it comes', () => {
  const digestOf = (inputs: Observed['inputs'], at = AT) => encodeFrame(batch('1', inputs), at).digest;
  expect(digestOf({ a: 1, b: 'x' }, AT + 1)).toBe(digestOf({ a: 1, b: 'x' }));
  expect(digestOf({ a: 1, b: 'y' })).not.toBe(digestOf({ a: 1, b: 'x' }));
  expect(digestOf({ a: '1' })).not.toBe(digestOf({ a: 1 }));
});
