import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import { createFolderArtifacts } from '../../../src/adapters/artifacts/fs/create-folder-artifacts.ts';
import { artifactsContract } from '../../contract/artifacts.ts';

const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

artifactsContract('A folder', () => createFolderArtifacts(folder));

const incoming = path.join(folder, 'incoming');
const DAY_MS = 24 * 3_600_000;

async function makeOlder(file: string, ms: number): Promise<void> {
  const at = new Date(Date.now() - ms);
  await utimes(file, at, at);
}

test('leaves nothing unfinished behind but what may be continued, and that for a day', async () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  for (const name of await readdir(incoming)) expect(name).toMatch(/\.part$/);
  const store = await createFolderArtifacts(folder);
  await store.append({ digest, upload: 'job', offset: 0, length: 10 }, Readable.from([Buffer.from('12345')]));
  for (const name of await readdir(incoming)) await makeOlder(path.join(incoming, name), DAY_MS - 60_000);
  expect(await (await createFolderArtifacts(folder)).received(digest, 'job')).toBe(5);
  for (const name of await readdir(incoming)) await makeOlder(path.join(incoming, name), DAY_MS + 60_000);
  expect(await (await createFolderArtifacts(folder)).received(digest, 'job')).toBe(0);
  expect(await readdir(incoming)).toEqual([]);
});

test('keeps content for as long as it is told to, for ever where nothing is said', async () => {
  const own = path.join(folder, 'own');
  const digest = await (await createFolderArtifacts(own)).put('old');
  await makeOlder(path.join(own, 'sha256', digest.slice(7, 9), digest.slice(9)), 10 * DAY_MS);
  expect(await (await createFolderArtifacts(own)).has(digest)).toBe(true);
  expect(await (await createFolderArtifacts(own, { keepMs: 11 * DAY_MS })).has(digest)).toBe(true);
  expect(await (await createFolderArtifacts(own, { keepMs: 9 * DAY_MS })).has(digest)).toBe(false);
});
