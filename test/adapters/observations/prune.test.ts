// What nobody needs of what was posted is removed, in a log that goes on being written.
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createObservations } from '../../../src/adapters/observations/create-observations.ts';
import { AppError } from '../../../src/domain/errors.ts';
import type { LogParts, Observations } from '../../../src/ports/observations.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 4, 10, 12);
const LIVE = { repository: 'acme/flights', monitor: 'live' };
let root: string;
let folder: string;
let opened: Observations[];
beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'sluice-observations-'));
  folder = path.join(root, 'acme/flights/live');
  opened = [];
});
afterEach(async () => {
  for (const one of opened) await one.close();
  await rm(root, { recursive: true, force: true });
});

function open(change: Partial<Parameters<typeof createObservations>[0]> = {}): Observations {
  const parts: LogParts = { write: async () => undefined, close: async () => undefined };
  const onError = (error: unknown) => {
    throw error;
  };
  const one = createObservations({
    folder: root,
    parts,
    claim: async () => async () => {},
    keepMs: 0,
    onError,
    ...change,
  });
  opened.push(one);
  return one;
}

/** A file of ten bytes that was written so many days ago. */
async function lay(name: string, daysAgo = 0): Promise<void> {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, '0123456789');
  const at = new Date(NOW - daysAgo * DAY);
  await utimes(file, at, at);
}

const nameOf = (daysAgo: number) => `log/dt=${new Date(NOW - daysAgo * DAY).toISOString().slice(0, 10)}`;
const days = async () => (await readdir(path.join(folder, 'log'))).sort();
const batch = (id: string) => ({
  id,
  observations: [{ id: `row-${id}`, at: NOW - 30 * DAY, inputs: {}, prediction: 0.5 }],
  labels: [],
});

it('removes whole days, and labels that came before, and says how much that was', async () => {
  for (const daysAgo of [40, 11, 10, 9, 0]) await lay(`${nameOf(daysAgo)}/part-a.parquet`);
  await lay(`${nameOf(40)}/part-b.parquet`);
  await lay('log/notes.txt');
  for (const daysAgo of [40, 10.1, 9.9]) await lay(`labels/part-${daysAgo}.parquet`, daysAgo);
  const pruned = await open().prune(LIVE, { since: NOW - 10 * DAY }, NOW);
  expect(pruned).toEqual({ days: 2, files: 5, bytes: 50 });
  // Of the tenth day a half is needed.
  expect(await days()).toEqual(['dt=2026-04-30', 'dt=2026-05-01', 'dt=2026-05-10', 'notes.txt']);
  expect(await readdir(path.join(folder, 'labels'))).toEqual(['part-9.9.parquet']);
});

it('removes nothing because the clock is ahead, and what is old when it is right again', async () => {
  for (let daysAgo = 0; daysAgo < 90; daysAgo += 1) await lay(`${nameOf(daysAgo)}/part-a.parquet`);
  await lay('log/notes.txt');
  // The last of them came when the clock was ahead already.
  for (const daysAgo of [1, 59, 80, -3 * 365]) await lay(`labels/part-${daysAgo}.parquet`, daysAgo);
  const one = open({ keepMs: 95 * DAY });
  const ahead = NOW + 3 * 365 * DAY;
  expect(await one.prune(LIVE, { since: ahead - 10 * DAY }, ahead)).toEqual({ days: 0, files: 0, bytes: 0 });
  // Nor does what the monitor needs become less, where that is more than what the operator keeps.
  const other = open({ keepMs: 30 * DAY });
  expect(await other.prune(LIVE, { since: ahead - 60 * DAY }, ahead)).toEqual({ days: 30, files: 31, bytes: 310 });
  expect(await days()).toHaveLength(60 + 1);
  expect(await readdir(path.join(folder, 'labels'))).toEqual([
    'part--1095.parquet',
    'part-1.parquet',
    'part-59.parquet',
  ]);
  expect(await other.prune(LIVE, { since: NOW - 20 * DAY }, NOW)).toEqual({ days: 29, files: 30, bytes: 300 });
  expect(await other.prune(LIVE, { since: NOW - 10 * DAY }, NOW + HOUR)).toBeUndefined();
});

it('leaves the span that is needed besides, and what the operator wishes to keep', async () => {
  for (const daysAgo of [40, 39, 38, 37, 20, 0]) await lay(`${nameOf(daysAgo)}/part-a.parquet`);
  const besides = { from: NOW - 39 * DAY, to: NOW - 38 * DAY };
  const needed = { since: NOW - 5 * DAY, besides };
  expect(await open({ keepMs: 50 * DAY }).prune(LIVE, needed, NOW)).toMatchObject({ days: 0 });
  expect(await open({ keepMs: 25 * DAY }).prune(LIVE, needed, NOW)).toMatchObject({ days: 2 });
  expect(await open().prune(LIVE, needed, NOW)).toMatchObject({ days: 1 });
  expect(await days()).toEqual(['dt=2026-04-01', 'dt=2026-04-02', 'dt=2026-05-10']);
});

it('goes on where it was killed, also when rows of that day came again', async () => {
  await lay(`log/.leaving-dt=2026-03-31/part-b.parquet`);
  await lay(`log/dt=2026-03-31/part-c.parquet`);
  expect(await open().prune(LIVE, { since: NOW }, NOW)).toEqual({ days: 1, files: 2, bytes: 20 });
  expect(await days()).toEqual([]);
  expect(await open().prune(LIVE, { since: NOW }, NOW)).toEqual({ days: 0, files: 0, bytes: 0 });
});

it('does so a few times a day, of one log, and makes nothing of one that is not there', async () => {
  const one = open();
  expect(await one.prune(LIVE, { since: NOW }, NOW)).toBeUndefined();
  expect(await readdir(root)).toEqual([]);
  await lay(`${nameOf(40)}/part-a.parquet`);
  await lay(`../other/${nameOf(40)}/part-a.parquet`);
  const told = [];
  for (const hours of [0, 5, 6, 11, 13]) told.push((await one.prune(LIVE, { since: NOW }, NOW + hours * HOUR))?.days);
  expect(told).toEqual([1, undefined, 0, undefined, 0]);
  expect(await one.prune({ ...LIVE, monitor: 'other' }, { since: NOW }, NOW)).toMatchObject({ days: 1 });
});

it('waits while Parquet is written, and whoever writes waits for it', async () => {
  const order: string[] = [];
  let written = () => {};
  const isWritten = new Promise<void>((resolve) => {
    written = resolve;
  });
  const write = async () => {
    order.push('writes');
    await isWritten;
    await lay(`${nameOf(30)}/part-late.parquet`);
    order.push('wrote');
  };
  await lay(`${nameOf(0)}/part-new.parquet`);
  const one = open({ parts: { write, close: async () => undefined } });
  await one.accept(LIVE, batch('1'), NOW);
  const flushed = one.flush(LIVE);
  await expect.poll(() => order, { interval: 5 }).toEqual(['writes']);
  const pruned = one.prune(LIVE, { since: NOW - DAY }, NOW).then((found) => {
    order.push('pruned');
    return found;
  });
  written();
  expect(await pruned).toMatchObject({ days: 1 });
  await flushed;
  expect(order).toEqual(['writes', 'wrote', 'pruned']);
  // What is removed is known all the same.
  expect(await one.accept(LIVE, batch('1'), NOW)).toBe('duplicate');
});

it('leaves the log of another process alone, and says what it could not remove', async () => {
  await lay(`${nameOf(40)}/part-a.parquet`);
  const claim = async () => {
    throw new AppError('conflict/stale', 'another process has it');
  };
  expect(await open({ claim }).prune(LIVE, { since: NOW }, NOW)).toBeUndefined();
  await rm(path.join(folder, 'log'), { recursive: true });
  await writeFile(path.join(folder, 'log'), 'no folder');
  const broken = open();
  await expect(broken.prune(LIVE, { since: NOW }, NOW)).rejects.toMatchObject({ code: 'external/storage' });
  await rm(path.join(folder, 'log'));
  expect(await broken.prune(LIVE, { since: NOW }, NOW)).toMatchObject({ days: 0 });
});
