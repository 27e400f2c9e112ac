import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createFolderArtifacts } from '../../../src/adapters/artifacts/fs/create-folder-artifacts.ts';
import { artifactsContract } from '../../contract/artifacts.ts';

const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

artifactsContract('A folder', () => createFolderArtifacts(folder));

test('leaves nothing unfinished behind', async () => {
  expect(await readdir(path.join(folder, 'incoming'))).toEqual([]);
});
