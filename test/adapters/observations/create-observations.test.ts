import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createObservations } from '../../../src/adapters/observations/create-observations.ts';
import { AppError } from '../../../src/domain/errors.ts';
import type { LogParts, Observations } from '../../../src/ports/observations.ts';

let folder: string;
let opened: Observations[];
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-observations-'));
  opened = [];
});
afterEach(async () => {
  for (const one of opened) await one.close();
  await rm(folder, { recursive: true, force: true });
});

const live = { repository: 'acme/flights', monitor: 'live' };
const batch = (id: string) => ({ id, observations: [], labels: [{ id: 'row', label: '1' }] });
const claimed = new Set<string>();

function open(change: Partial<Parameters<typeof createObservations>[0]> = {}): Observations {
  const parts: LogParts = { write: async () => undefined, close: async () => undefined };
  const claim = async (name: string) => {
    if (claimed.has(name)) throw new AppError('conflict/stale', 'another process has it');
    claimed.add(name);
    return async () => void claimed.delete(name);
  };
  const observations = createObservations({
    folder,
    parts,
    claim,
    onError: (error) => {
      throw error;
    },
    ...change,
  });
  opened.push(observations);
  return observations;
}

it('keeps the logs of monitors apart, and each for one process', async () => {
  const one = open();
  const other = open();
  expect(await one.accept(live, batch('1'), 1)).toBe('accepted');
  expect(await one.accept({ ...live, monitor: 'shadow' }, batch('1'), 1)).toBe('accepted');
  expect(await one.accept({ ...live, repository: 'acme/other' }, batch('1'), 1)).toBe('accepted');
  await expect(other.accept(live, batch('2'), 1)).rejects.toMatchObject({ code: 'conflict/stale' });
  await other.flush(live);
  await one.close();
  expect(await other.accept(live, batch('1'), 1)).toBe('duplicate');
  expect(await other.accept(live, batch('2'), 1)).toBe('accepted');
});

it('closes a log that nobody uses, and opens it again for who comes next', async () => {
  const observations = open({ idleMs: 20 });
  await observations.accept(live, batch('1'), 1);
  expect(claimed.size).toBe(1);
  await expect.poll(() => claimed.size, { interval: 5 }).toBe(0);
  const again = await Promise.all(['1', '2', '3'].map((id) => observations.accept(live, batch(id), 1)));
  expect(again).toEqual(['duplicate', 'accepted', 'accepted']);
});

it('makes nothing of a monitor that it never heard of, and takes nothing after its end', async () => {
  const observations = open();
  await observations.flush(live);
  expect(await readdir(folder)).toEqual([]);
  const kept = observations.accept(live, batch('1'), 1);
  await observations.close();
  expect(await kept).toBe('accepted');
  await expect(observations.accept(live, batch('2'), 1)).rejects.toMatchObject({ code: 'conflict/stale' });
  expect(claimed.size).toBe(0);
});
